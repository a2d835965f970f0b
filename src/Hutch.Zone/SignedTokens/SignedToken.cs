using System.Buffers.Text;
using System.Text.Json;

namespace Hutch.Zone.SignedTokens;

/// <summary>A signed token in three parts (RFC 7515, section 7.1), parsed but not yet trusted.</summary>
internal sealed class SignedToken
{
    private const int MaxCharacters = 256 * 1024;

    private readonly byte[] _signed;
    private readonly byte[] _signature;

    private SignedToken(string algorithm, string? keyId, JsonElement claims, byte[] signed, byte[] signature)
    {
        Algorithm = algorithm;
        KeyId = keyId;
        Claims = claims;
        _signed = signed;
        _signature = signature;
    }

    /// <summary>The algorithm in its header. It is only compared with the allowed ones and never selects one.</summary>
    public string Algorithm { get; }

    public string? KeyId { get; }

    public JsonElement Claims { get; }

    /// <summary>Parses a token; null for an invalid one or one with unsupported features.</summary>
    public static SignedToken? Parse(string text)
    {
        string[] parts = text.Length > MaxCharacters ? [] : text.Split('.');
        if (parts.Length != 3
            || Decode(parts[0]) is not { } head
            || Decode(parts[1]) is not { } body
            || Decode(parts[2]) is not { } signature)
        {
            return null;
        }

        try
        {
            using JsonDocument header = JsonDocument.Parse(head, Strict);
            using JsonDocument claims = JsonDocument.Parse(body, Strict);
            JsonElement root = header.RootElement;
            return root.ValueKind == JsonValueKind.Object && claims.RootElement.ValueKind == JsonValueKind.Object
                && !root.TryGetProperty("crit", out _) && Text(root, "alg") is { } algorithm
                ? new SignedToken(
                    algorithm, Text(root, "kid"), claims.RootElement.Clone(), Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]), signature)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Returns a text claim; null when it is absent or not a text.</summary>
    public static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Returns a time claim; null when it is absent or not a time.</summary>
    public static DateTimeOffset? Time(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.Number
            && value.TryGetDouble(out double seconds)
            && seconds is > 0 and < 253_402_300_799
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
            : null;

    /// <summary>Returns the texts of a claim that is one text or a list of texts.</summary>
    public static IReadOnlyList<string> Texts(JsonElement claims, string name)
    {
        if (!claims.TryGetProperty(name, out JsonElement value))
        {
            return [];
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array =>
                [.. value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)],
            _ => [],
        };
    }

    /// <summary>Returns true if a key made the signature with the key's own algorithm.</summary>
    public bool IsSignedBy(SigningKey key) => key.Algorithm == Algorithm && key.Verify(_signed, _signature);

    /// <summary>Returns true if the token has the left half of the access token's hash (OpenID Connect Core 1.0, 3.1.3.6).</summary>
    public bool SpeaksOf(string accessToken)
    {
        if (Text(Claims, "at_hash") is not { } expected)
        {
            return true;
        }

        byte[] hash = SHA256.HashData(Encoding.ASCII.GetBytes(accessToken));
        return expected == Base64Url.EncodeToString(hash.AsSpan(0, hash.Length / 2));
    }

    private static JsonDocumentOptions Strict => new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>Decodes a part; null for characters outside the alphabet, padding included (RFC 7515, section 2).</summary>
    private static byte[]? Decode(string part)
    {
        if (part.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
        {
            return null;
        }

        try
        {
            return Base64Url.DecodeFromChars(part);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
