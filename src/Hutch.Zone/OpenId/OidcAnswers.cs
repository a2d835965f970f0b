using System.Text.Json.Serialization;

namespace Hutch.Zone.OpenId;

/// <summary>The response of a token endpoint (RFC 6749, sections 5.1 and 5.2). It contains secrets and is never logged.</summary>
internal sealed record TokenAnswer
{
    [JsonPropertyName("id_token")]
    public string? IdToken { get; init; }

    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }

    [JsonPropertyName("error")]
    public string? Error { get; init; }

    public override string ToString() => nameof(TokenAnswer);
}

[JsonSerializable(typeof(OidcMetadata))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(System.Text.Json.JsonElement))]
internal sealed partial class OidcJson : JsonSerializerContext;
