using System.Globalization;
using System.Text;
using Hutch.Model.Signatures;

namespace Hutch.Bench.S3;

/// <summary>Signs requests.</summary>
internal static class RequestBook
{
    private const string SignedHeaders = "host;x-amz-content-sha256;x-amz-date";

    /// <summary>The head of a request, ready to be sent.</summary>
    /// <param name="target">Whom it is for.</param>
    /// <param name="method">As <c>GET</c>.</param>
    /// <param name="path">The path.</param>
    /// <param name="query">Names and values.</param>
    /// <param name="bodyLength">Bytes that follow; null for none.</param>
    /// <param name="range">As <c>bytes=0-99</c>.</param>
    public static byte[] Head(
        S3Target target, string method, string path, IReadOnlyList<KeyValuePair<string, string>> query, long? bodyLength = null, string? range = null)
    {
        string host = target.Address.ToString();
        var text = new StringBuilder($"{method} {path}");
        for (int i = 0; i < query.Count; i++)
        {
            text.Append(i == 0 ? '?' : '&').Append(query[i].Key).Append('=').Append(UriText.Escape(query[i].Value, keepSlash: false));
        }

        text.Append(CultureInfo.InvariantCulture, $" HTTP/1.1\r\nHost: {host}\r\n");
        if (bodyLength is { } length)
        {
            text.Append(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n");
        }

        if (range is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"Range: {range}\r\n");
        }

        if (target.Key is { } key)
        {
            text.Append(Signature(key, target.Region, method, path, query, host));
        }

        return Encoding.ASCII.GetBytes(text.Append("\r\n").ToString());
    }

    private static string Signature(
        (string Access, string Secret) key, string region, string method, string path, IReadOnlyList<KeyValuePair<string, string>> query,
        string host)
    {
        string now = DateTime.UtcNow.ToString(SigV4.TimeFormat, CultureInfo.InvariantCulture);
        string scope = SigV4.Scope(now[..8], region, SigV4.S3);
        KeyValuePair<string, string>[] headers =
            [new("host", host), new("x-amz-content-sha256", SigV4.UnsignedPayload), new("x-amz-date", now)];
        string canonical = SigV4.CanonicalRequest(method, path, query, headers, SignedHeaders, SigV4.UnsignedPayload);
        string signature = SigV4.Sign(SigV4.SigningKey(key.Secret, now[..8], region, SigV4.S3), SigV4.StringToSign(now, scope, canonical));
        return $"x-amz-content-sha256: {SigV4.UnsignedPayload}\r\nx-amz-date: {now}\r\n"
            + $"Authorization: {SigV4.Algorithm} Credential={key.Access}/{scope}, SignedHeaders={SignedHeaders}, Signature={signature}\r\n";
    }
}
