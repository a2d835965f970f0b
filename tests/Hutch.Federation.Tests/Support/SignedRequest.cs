using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Hutch.Model.Signatures;

namespace Hutch.Federation.Tests.Support;

/// <summary>A request to an S3 door, signed with version 4 as a program does, or with what a thief has.</summary>
/// <param name="AccessKey">The access key.</param>
/// <param name="Region">For which region it is signed.</param>
internal sealed record SignedRequest(string AccessKey, string Region)
{
    private static readonly HttpClient Http = new();

    /// <summary>The secret key; null where there are signing keys instead.</summary>
    public string? Secret { get; init; }

    /// <summary>The signing key of today.</summary>
    public byte[]? SigningKey { get; init; }

    /// <summary>The host that is signed and said; null for that of the door.</summary>
    public string? Host { get; init; }

    /// <summary>The host that is signed; null for the one that is said.</summary>
    public string? SignedHost { get; init; }

    public HttpMethod Method { get; init; } = HttpMethod.Get;

    public string Body { get; init; } = "";

    /// <summary>Sends it.</summary>
    /// <param name="door">Where the door is.</param>
    /// <param name="path">The path, whose characters need no escapes.</param>
    public async Task<S3Reply> SendAsync(Uri door, string path)
    {
        string host = Host ?? door.Authority;
        string time = DateTimeOffset.UtcNow.UtcDateTime.ToString(SigV4.TimeFormat, CultureInfo.InvariantCulture);
        string payload = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Body)));
        const string Signed = "host;x-amz-content-sha256;x-amz-date";
        string[] parts = path.Split('?', 2);
        KeyValuePair<string, string>[] query = parts.Length == 1 ? [] : [new(parts[1], "")];
        string canonical = SigV4.CanonicalRequest(
            Method.Method, parts[0], query, [new("host", SignedHost ?? host), new("x-amz-content-sha256", payload), new("x-amz-date", time)], Signed, payload);
        byte[] key = SigningKey ?? SigV4.SigningKey(Secret!, time[..8], Region, SigV4.S3);
        string scope = SigV4.Scope(time[..8], Region, SigV4.S3);
        string signature = SigV4.Sign(key, SigV4.StringToSign(time, scope, canonical));
        using var request = new HttpRequestMessage(Method, new Uri(door, path));
        request.Headers.Host = host;
        request.Headers.Add("x-amz-date", time);
        request.Headers.Add("x-amz-content-sha256", payload);
        request.Headers.Authorization = new AuthenticationHeaderValue(
            SigV4.Algorithm, $"Credential={AccessKey}/{scope}, SignedHeaders={Signed}, Signature={signature}");
        request.Content = Method == HttpMethod.Put ? new StringContent(Body) : null;
        return await S3Reply.ReadAsync(await Http.SendAsync(request, TestContext.Current.CancellationToken));
    }

    /// <summary>Sends it with Signature Version 2.</summary>
    public async Task<S3Reply> SendVersion2Async(Uri door, string path)
    {
        string date = DateTimeOffset.UtcNow.ToString("r", CultureInfo.InvariantCulture);
        string toSign = SigV2.StringToSign("GET", "", "", date, [], SigV2.Resource(path, []));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(door, path));
        request.Headers.Add("Date", date);
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS {AccessKey}:{SigV2.Sign(Secret!, toSign)}");
        return await S3Reply.ReadAsync(await Http.SendAsync(request, TestContext.Current.CancellationToken));
    }
}

/// <summary>What an S3 door answers.</summary>
/// <param name="Region">The region in its header; null for none.</param>
internal sealed record S3Reply(int Status, string Text, string? Region)
{
    /// <summary>The code of an error; null for none.</summary>
    public string? Code => Find("Code");

    /// <summary>The content of an element; null for none.</summary>
    public string? Find(string element)
    {
        int begin = Text.IndexOf($"<{element}>", StringComparison.Ordinal);
        return begin < 0 ? null : Text[(begin + element.Length + 2)..Text.IndexOf($"</{element}>", StringComparison.Ordinal)];
    }

    public static async Task<S3Reply> ReadAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            string? region = answer.Headers.TryGetValues("x-amz-bucket-region", out IEnumerable<string>? values) ? values.Single() : null;
            return new S3Reply(
                (int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), region);
        }
    }
}
