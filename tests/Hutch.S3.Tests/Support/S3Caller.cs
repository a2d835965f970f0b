using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Hutch.Model.Signatures;
using Hutch.S3.Http;

namespace Hutch.S3.Tests.Support;

/// <summary>Sends signed requests, byte for byte as they are written here.</summary>
internal sealed class S3Caller(TestDoor door, HttpClient http, string? accessKey, string? secretKey)
{
    private const string Region = "us-east-1";

    public string? AccessKey => accessKey;

    public string? SecretKey => secretKey;

    /// <summary>How far the clock of this caller is ahead.</summary>
    public TimeSpan Skew { get; init; }

    public DateTimeOffset Now => door.Time.GetUtcNow() + Skew;

    /// <summary>The same caller with another clock.</summary>
    public S3Caller With(TimeSpan skew) => new(door, http, accessKey, secretKey) { Skew = skew };

    /// <summary>The same key with another secret.</summary>
    public S3Caller With(string secret) => new(door, http, accessKey, secret);

    public Task<S3Answer> GetAsync(string target, params (string, string)[] headers) => SendAsync("GET", target, null, headers);

    public Task<S3Answer> HeadAsync(string target, params (string, string)[] headers) => SendAsync("HEAD", target, null, headers);

    public Task<S3Answer> DeleteAsync(string target, params (string, string)[] headers) => SendAsync("DELETE", target, null, headers);

    public Task<S3Answer> PutAsync(string target, byte[] body, params (string, string)[] headers) => SendAsync("PUT", target, body, headers);

    public Task<S3Answer> PutAsync(string target, string body = "", params (string, string)[] headers) =>
        SendAsync("PUT", target, Encoding.UTF8.GetBytes(body), headers);

    public Task<S3Answer> PostAsync(string target, string body = "", params (string, string)[] headers) =>
        SendAsync("POST", target, Encoding.UTF8.GetBytes(body), headers);

    /// <summary>Puts an object as an upload of one part.</summary>
    public async Task UploadAsync(string target, byte[] part)
    {
        string upload = (await PostAsync($"{target}?uploads")).Must(200).First("UploadId")!;
        string tag = (await PutAsync($"{target}?partNumber=1&uploadId={upload}", part)).Must(200).ETag;
        string document = $"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{tag}</ETag></Part></CompleteMultipartUpload>";
        (await PostAsync($"{target}?uploadId={upload}", document)).Must(200);
    }

    /// <summary>Sends a request; the target is a raw path and query.</summary>
    public async Task<S3Answer> SendAsync(string method, string target, byte[]? body, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = Sign(method, target, body, headers);
        return await SendAsync(request);
    }

    public async Task<S3Answer> SendAsync(HttpRequestMessage request)
    {
        using HttpResponseMessage answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return await S3Answer.ReadAsync(answer);
    }

    /// <summary>A signed request, to be changed before it is sent.</summary>
    public HttpRequestMessage Sign(string method, string target, byte[]? body, params (string Name, string Value)[] headers)
    {
        HttpRequestMessage request = Request(method, target);
        request.Content = body is null ? null : new ByteArrayContent(body);
        if (accessKey is null)
        {
            Add(request, headers);
            return request;
        }

        string time = Now.UtcDateTime.ToString(SigV4.TimeFormat, CultureInfo.InvariantCulture);
        var all = headers.ToDictionary(pair => pair.Name.ToLowerInvariant(), pair => pair.Value);
        all.TryAdd("x-amz-content-sha256", body is null ? SigV4.EmptyHash : Convert.ToHexStringLower(SHA256.HashData(body)));
        all["x-amz-date"] = time;
        string signature = Signature(method, target, all, time, out string signedHeaders);
        Add(request, [.. all.Select(pair => (pair.Key, pair.Value))]);
        string scope = SigV4.Scope(time[..8], Region, SigV4.S3);
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"{SigV4.Algorithm} Credential={accessKey}/{scope}, SignedHeaders={signedHeaders}, Signature={signature}");
        return request;
    }

    /// <summary>The seed signature of a request whose headers are these and the host.</summary>
    public string Signature(string method, string target, IReadOnlyDictionary<string, string> headers, string time, out string signedHeaders)
    {
        S3Target parsed = S3Target.Parse(target, null, []);
        var signed = headers.Where(pair => pair.Key.StartsWith("x-amz-", StringComparison.Ordinal))
            .Append(new KeyValuePair<string, string>("host", door.S3.Authority)).OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        signedHeaders = string.Join(';', signed.Select(pair => pair.Key));
        string canonical = SigV4.CanonicalRequest(method, parsed.Path, parsed.Query.Items, signed, signedHeaders, headers["x-amz-content-sha256"]);
        return SigV4.Sign(SigningKey(time[..8]), SigV4.StringToSign(time, SigV4.Scope(time[..8], Region, SigV4.S3), canonical));
    }

    public byte[] SigningKey(string date) => SigV4.SigningKey(secretKey!, date, Region, SigV4.S3);

    /// <summary>A presigned target.</summary>
    public string Presign(string method, string path, int seconds, string query = "")
    {
        string time = Now.UtcDateTime.ToString(SigV4.TimeFormat, CultureInfo.InvariantCulture);
        string scope = SigV4.Scope(time[..8], Region, SigV4.S3);
        string target = $"{path}?{(query.Length > 0 ? query + "&" : "")}X-Amz-Algorithm={SigV4.Algorithm}"
            + $"&X-Amz-Credential={UriText.Escape($"{accessKey}/{scope}", keepSlash: false)}&X-Amz-Date={time}&X-Amz-Expires={seconds}&X-Amz-SignedHeaders=host";
        S3Target parsed = S3Target.Parse(target, null, []);
        string canonical = SigV4.CanonicalRequest(
            method, parsed.Path, parsed.Query.Items, [new("host", door.S3.Authority)], "host", SigV4.UnsignedPayload);
        return target + "&X-Amz-Signature=" + SigV4.Sign(SigningKey(time[..8]), SigV4.StringToSign(time, scope, canonical));
    }

    /// <summary>An unsigned request for a raw target: nothing in it is resolved or escaped.</summary>
    public HttpRequestMessage Request(string method, string target) => new(
        new HttpMethod(method),
        new Uri(door.S3.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));

    private static void Add(HttpRequestMessage request, (string Name, string Value)[] headers)
    {
        foreach ((string name, string value) in headers)
        {
            if (request.Headers.TryAddWithoutValidation(name, value))
            {
                continue;
            }

            request.Content ??= new ByteArrayContent([]);
            request.Content.Headers.Remove(name);
            Assert.True(request.Content.Headers.TryAddWithoutValidation(name, value), name);
        }
    }
}
