using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Hutch.Zone.OpenId;

/// <summary>A signed token in three parts (RFC 7515, section 7.1), read but not believed yet.</summary>
internal sealed class IdToken
{
    private const int MaxCharacters = 256 * 1024;

    private readonly byte[] _signed;
    private readonly byte[] _signature;

    private IdToken(string algorithm, string? keyId, JsonElement claims, byte[] signed, byte[] signature)
    {
        Algorithm = algorithm;
        KeyId = keyId;
        Claims = claims;
        _signed = signed;
        _signature = signature;
    }

    /// <summary>What its head says of the signature. It is compared with what is allowed, and never chooses.</summary>
    public string Algorithm { get; }

    /// <summary>Which key its head names; null for none.</summary>
    public string? KeyId { get; }

    public JsonElement Claims { get; }

    /// <summary>Reads a token; null for what is none, or asks for what is not understood here.</summary>
    public static IdToken? Parse(string text)
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
                ? new IdToken(
                    algorithm, Text(root, "kid"), claims.RootElement.Clone(), Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]), signature)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A text claim; null when it is absent or no text.</summary>
    public static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A time claim; null when it is absent or no time.</summary>
    public static DateTimeOffset? Time(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.Number
            && value.TryGetDouble(out double seconds)
            && seconds is > 0 and < 253_402_300_799
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
            : null;

    /// <summary>The texts of a claim that is one text or a list of them.</summary>
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

    /// <summary>Whether a key made the signature, with the one algorithm that goes with the key.</summary>
    public bool IsSignedBy(SigningKey key) => key.Algorithm == Algorithm && key.Verify(_signed, _signature);

    /// <summary>
    /// Whether the token speaks of an access token: its hash, the left half of it (OpenID Connect Core 1.0, section 3.1.3.6).
    /// </summary>
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

    private static byte[]? Decode(string part)
    {
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
