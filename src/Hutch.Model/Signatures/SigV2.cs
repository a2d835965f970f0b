using System.Security.Cryptography;

namespace Hutch.Model.Signatures;

/// <summary>AWS Signature Version 2 for S3: signing and verification.</summary>
/// <remarks>Pure functions. Source: "Signing and Authenticating REST Requests" of the S3 user guide.</remarks>
public static class SigV2
{
    private const int MaxSignatureCharacters = 64;

    /// <summary>
    /// The query parameters that select a part of a bucket or object, or override response headers. Only these are signed. The list is that
    /// of current clients.
    /// </summary>
    private static readonly HashSet<string> SignedNames = new(StringComparer.Ordinal)
    {
        "accelerate", "acl", "analytics", "cors", "defaultObjectAcl", "delete", "inventory", "lifecycle", "location", "logging", "metrics",
        "notification", "object-lock", "partNumber", "policy", "replication", "requestPayment", "response-cache-control",
        "response-content-disposition", "response-content-encoding", "response-content-language", "response-content-type",
        "response-expires", "restore", "select", "select-type", "storageClass", "tagging", "torrent", "uploadId", "uploads", "versionId",
        "versioning", "versions", "website",
    };

    /// <param name="md5">The header Content-MD5; empty for none.</param>
    /// <param name="contentType">The header Content-Type; empty for none.</param>
    /// <param name="date">The header Date, empty with <c>x-amz-date</c>; for a presigned address, its expiry.</param>
    /// <param name="amzHeaders">Names in lower case and values of all headers that begin with <c>x-amz-</c>, in any order.</param>
    public static string StringToSign(
        string method, string md5, string contentType, string date, IEnumerable<KeyValuePair<string, string>> amzHeaders, string resource)
    {
        StringBuilder text = new StringBuilder(512)
            .Append(method).Append('\n').Append(md5).Append('\n').Append(contentType).Append('\n').Append(date).Append('\n');
        foreach ((string name, string value) in amzHeaders.OrderBy(header => header.Key, StringComparer.Ordinal))
        {
            text.Append(name).Append(':').Append(value.Trim()).Append('\n');
        }

        return text.Append(resource).ToString();
    }

    /// <param name="path">The path as sent, with escapes, after the bucket if the host name contains it.</param>
    /// <param name="query">Names and values of the query, unescaped.</param>
    public static string Resource(string path, IEnumerable<KeyValuePair<string, string>> query)
    {
        string signed = string.Join('&', query.Where(item => SignedNames.Contains(item.Key))
            .OrderBy(item => item.Key, StringComparer.Ordinal)
            .Select(item => item.Value.Length == 0 ? item.Key : $"{item.Key}={item.Value}"));
        return signed.Length == 0 ? path : $"{path}?{signed}";
    }

    /// <summary>The signature in base64.</summary>
    public static string Sign(string secret, string stringToSign) => Convert.ToBase64String(Hash(secret, stringToSign));

    /// <summary>Returns true if a signature in base64 is correct, in constant time.</summary>
    public static bool Verify(string secret, string stringToSign, string signature)
    {
        Span<byte> presented = stackalloc byte[MaxSignatureCharacters];
        return signature.Length <= MaxSignatureCharacters
            && Convert.TryFromBase64String(signature, presented, out int written)
            && CryptographicOperations.FixedTimeEquals(Hash(secret, stringToSign), presented[..written]);
    }

    private static byte[] Hash(string secret, string text)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(Encoding.UTF8.GetBytes(text));
        return hash.GetHashAndReset();
    }
}
