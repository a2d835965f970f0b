namespace Hutch.Objects.S3;

/// <summary>Signs requests with a key: the host, every <c>x-amz-</c> header, and the body by its hash.</summary>
internal sealed class SigV4Signer(S3Credentials credentials, string region, TimeProvider time)
{
    private DayKey _today = new("", []);

    /// <param name="path">The path, unescaped.</param>
    /// <param name="query">The query, unescaped.</param>
    /// <param name="bodyHash">The SHA-256 of the body in hex.</param>
    public void Sign(HttpRequestMessage request, string path, IReadOnlyList<KeyValuePair<string, string>> query, string bodyHash)
    {
        string now = time.GetUtcNow().UtcDateTime.ToString(SigV4.TimeFormat, CultureInfo.InvariantCulture);
        string date = now[..8];
        request.Headers.TryAddWithoutValidation("x-amz-date", now);
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", bodyHash);
        List<KeyValuePair<string, string>> headers = [new("host", request.RequestUri!.Authority)];
        headers.AddRange(request.Headers.NonValidated
            .Where(h => h.Key.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
            .Select(h => new KeyValuePair<string, string>(h.Key.ToLowerInvariant(), h.Value.ToString())));
        headers.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        string names = string.Join(';', headers.Select(h => h.Key));
        string scope = SigV4.Scope(date, region, SigV4.S3);
        string canonical = SigV4.CanonicalRequest(request.Method.Method, path, query, headers, names, bodyHash);
        string signature = SigV4.Sign(KeyOf(date), SigV4.StringToSign(now, scope, canonical));
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"{SigV4.Algorithm} Credential={credentials.AccessKey}/{scope}, SignedHeaders={names}, Signature={signature}");
    }

    private byte[] KeyOf(string date)
    {
        DayKey today = _today;
        if (today.Date != date)
        {
            _today = today = new DayKey(date, SigV4.SigningKey(credentials.SecretKey, date, region, SigV4.S3));
        }

        return today.Key;
    }

    /// <summary>Replaced as a whole, because several threads sign requests.</summary>
    private sealed record DayKey(string Date, byte[] Key);
}
