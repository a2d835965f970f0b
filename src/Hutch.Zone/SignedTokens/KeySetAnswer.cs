using System.Text.Json.Serialization;

namespace Hutch.Zone.SignedTokens;

/// <summary>The keys of a provider (RFC 7517, section 5).</summary>
internal sealed record KeySetAnswer
{
    [JsonPropertyName("keys")]
    public IReadOnlyList<KeyAnswer>? Keys { get; init; }
}

/// <summary>One key (RFC 7517, section 4; RFC 7518, sections 6.2 and 6.3).</summary>
internal sealed record KeyAnswer
{
    [JsonPropertyName("kty")]
    public string? Kind { get; init; }

    [JsonPropertyName("kid")]
    public string? Id { get; init; }

    [JsonPropertyName("use")]
    public string? Use { get; init; }

    [JsonPropertyName("alg")]
    public string? Algorithm { get; init; }

    [JsonPropertyName("n")]
    public string? Modulus { get; init; }

    [JsonPropertyName("e")]
    public string? Exponent { get; init; }

    [JsonPropertyName("crv")]
    public string? Curve { get; init; }

    [JsonPropertyName("x")]
    public string? X { get; init; }

    [JsonPropertyName("y")]
    public string? Y { get; init; }
}

[JsonSourceGenerationOptions(MaxDepth = 16)]

[JsonSerializable(typeof(KeySetAnswer))]
internal sealed partial class KeySetJson : JsonSerializerContext;
