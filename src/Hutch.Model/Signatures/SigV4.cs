using System.Buffers;
using System.Security.Cryptography;

namespace Hutch.Model.Signatures;

/// <summary>AWS Signature Version 4 for S3: strings to sign and keys. The door verifies with it; the client signs with it.</summary>
/// <remarks>
/// Pure functions, which allocate only their results. Source: "Authenticating Requests (AWS Signature Version 4)" of the S3 API reference.
/// </remarks>
public static class SigV4
{
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The last part of every scope.</summary>
    public const string Terminator = "aws4_request";

    public const string S3 = "s3";

    /// <summary>Replaces the hash of an unsigned body.</summary>
    public const string UnsignedPayload = "UNSIGNED-PAYLOAD";

    /// <summary>Replaces the hash of a body in signed chunks.</summary>
    public const string SignedChunks = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";

    /// <summary>Replaces the hash of a body in signed chunks with signed trailers.</summary>
    public const string SignedChunksWithTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";

    /// <summary>Replaces the hash of a body in unsigned chunks with trailers.</summary>
    public const string UnsignedChunksWithTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

    /// <summary>The SHA-256 of no bytes.</summary>
    public const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// <summary>The format of times: <c>20130524T000000Z</c>.</summary>
    public const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>The signing key, which is valid for one day, region and service only.</summary>
    /// <param name="date">The day, such as <c>20130524</c>.</param>
    /// <param name="region">The region, such as <c>us-east-1</c>.</param>
    /// <param name="service">The service, such as <c>s3</c>.</param>
    public static byte[] SigningKey(string secret, string date, string region, string service)
    {
        byte[] key = Hmac(Encoding.UTF8.GetBytes("AWS4" + secret), date);
        key = Hmac(key, region);
        key = Hmac(key, service);
        return Hmac(key, Terminator);
    }

    public static string Scope(string date, string region, string service) => $"{date}/{region}/{service}/{Terminator}";

    /// <param name="path">The path, unescaped.</param>
    /// <param name="query">Names and values, unescaped, in any order, without the signature itself.</param>
    /// <param name="headers">
    /// Names in lower case and values of the signed headers, in the order of <paramref name="signedHeaders"/>.
    /// </param>
    /// <param name="signedHeaders">The names, joined by semicolons.</param>
    /// <param name="payload">The hash of the body in hex, or a constant that replaces it.</param>
    public static string CanonicalRequest(
        string method,
        string path,
        IReadOnlyList<KeyValuePair<string, string>> query,
        IReadOnlyList<KeyValuePair<string, string>> headers,
        string signedHeaders,
        string payload)
    {
        var text = new StringBuilder(1024);
        text.Append(method).Append('\n');
        UriText.Escape(text, path, keepSlash: true);
        text.Append('\n');
        AppendQuery(text, query);
        text.Append('\n');
        foreach ((string name, string value) in headers)
        {
            text.Append(name).Append(':');
            AppendTrimmed(text, value);
            text.Append('\n');
        }

        return text.Append('\n').Append(signedHeaders).Append('\n').Append(payload).ToString();
    }

    public static string StringToSign(string time, string scope, string canonicalRequest) =>
        $"{Algorithm}\n{time}\n{scope}\n{HashHex(canonicalRequest)}";

    public static string ChunkToSign(string time, string scope, string previousSignature, string chunkHash) =>
        $"{Algorithm}-PAYLOAD\n{time}\n{scope}\n{previousSignature}\n{EmptyHash}\n{chunkHash}";

    public static string TrailerToSign(string time, string scope, string previousSignature, string trailerHash) =>
        $"{Algorithm}-TRAILER\n{time}\n{scope}\n{previousSignature}\n{trailerHash}";

    /// <summary>The signature in hex.</summary>
    public static string Sign(ReadOnlySpan<byte> signingKey, string stringToSign)
    {
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(stringToSign, signature, signingKey, isKeyed: true);
        return Convert.ToHexStringLower(signature);
    }

    /// <summary>Returns true if a signature in hex is correct, in constant time.</summary>
    public static bool Verify(ReadOnlySpan<byte> signingKey, string stringToSign, string signature)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(stringToSign, expected, signingKey, isKeyed: true);
        Span<byte> presented = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return Convert.FromHexString(signature, presented, out _, out int written) == OperationStatus.Done
            && written == presented.Length
            && CryptographicOperations.FixedTimeEquals(expected, presented);
    }

    /// <summary>The SHA-256 of a text in UTF-8, in hex.</summary>
    public static string HashHex(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(text, hash, default, isKeyed: false);
        return Convert.ToHexStringLower(hash);
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static void Hash(string text, Span<byte> destination, ReadOnlySpan<byte> key, bool isKeyed)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            ReadOnlySpan<byte> utf8 = bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, bytes));
            _ = isKeyed ? HMACSHA256.HashData(key, utf8, destination) : SHA256.HashData(utf8, destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static void AppendQuery(StringBuilder text, IReadOnlyList<KeyValuePair<string, string>> query)
    {
        if (query.Count == 0)
        {
            return;
        }

        var escaped = new List<KeyValuePair<string, string>>(query.Count);
        foreach ((string name, string value) in query)
        {
            escaped.Add(new KeyValuePair<string, string>(UriText.Escape(name, keepSlash: false), UriText.Escape(value, keepSlash: false)));
        }

        escaped.Sort(
            static (a, b) => string.CompareOrdinal(a.Key, b.Key) is var order and not 0 ? order : string.CompareOrdinal(a.Value, b.Value));
        for (int i = 0; i < escaped.Count; i++)
        {
            text.Append(i == 0 ? "" : "&").Append(escaped[i].Key).Append('=').Append(escaped[i].Value);
        }
    }

    /// <summary>Removes spaces at the ends, and collapses several in a row to one.</summary>
    private static void AppendTrimmed(StringBuilder text, string value)
    {
        ReadOnlySpan<char> rest = value.AsSpan().Trim();
        for (int i = 0; i < rest.Length; i++)
        {
            if (rest[i] != ' ' || rest[i - 1] != ' ')
            {
                text.Append(rest[i]);
            }
        }
    }
}
