using System.Text.Json.Serialization;

namespace Hutch.Zone.OpenId;

/// <summary>What a provider says of itself (OpenID Connect Discovery 1.0, section 3; RFC 8414, section 2).</summary>
internal sealed record OidcMetadata
{
    [JsonPropertyName("issuer")]
    public string? Issuer { get; init; }

    [JsonPropertyName("authorization_endpoint")]
    public string? AuthorizationEndpoint { get; init; }

    [JsonPropertyName("token_endpoint")]
    public string? TokenEndpoint { get; init; }

    [JsonPropertyName("userinfo_endpoint")]
    public string? UserInfoEndpoint { get; init; }

    [JsonPropertyName("jwks_uri")]
    public string? KeysAddress { get; init; }

    [JsonPropertyName("device_authorization_endpoint")]
    public string? DeviceEndpoint { get; init; }

    /// <summary>Whether its answers name it (RFC 9207), so that an answer without is not its own.</summary>
    [JsonPropertyName("authorization_response_iss_parameter_supported")]
    public bool NamesItself { get; init; }
}
