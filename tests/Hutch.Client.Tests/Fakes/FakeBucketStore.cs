using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Hutch.Model.Signatures;

namespace Hutch.Client.Tests.Fakes;

/// <summary>Some S3 store in memory, as those that are not Hutch: entity tags are MD5. It checks each signature by itself.</summary>
internal sealed class FakeBucketStore(string accessKey, string secretKey) : HttpMessageHandler
{
    internal ConcurrentDictionary<string, SortedDictionary<string, (byte[] Bytes, Dictionary<string, string> Metadata)>> Buckets { get; } = new();

    internal ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Listings have so many keys a page.</summary>
    internal int PageSize { get; init; } = 1000;

    /// <summary>So many requests are answered with 503 first.</summary>
    internal int Failures { get; set; }

    /// <summary>The store as a handler that a client may dispose of.</summary>
    internal HttpMessageHandler Unowned() => new UnownedHandler(this);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        Uri uri = request.RequestUri!;
        lock (Buckets)
        {
            Requests.Enqueue($"{request.Method} {uri.PathAndQuery}");
            if (Failures > 0)
            {
                Failures--;
                return Refuse(HttpStatusCode.ServiceUnavailable, "SlowDown", "Please reduce your request rate.");
            }

            return IsSigned(request, body) ? Answer(request, uri, body)
                : Refuse(HttpStatusCode.Forbidden, "SignatureDoesNotMatch", $"The signature of {accessKey} does not match.");
        }
    }

    private static HttpResponseMessage Refuse(HttpStatusCode status, string code, string message) => new(status)
    {
        Content = new StringContent($"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"),
    };

    private HttpResponseMessage Answer(HttpRequestMessage request, Uri uri, byte[] body)
    {
        string[] parts = Uri.UnescapeDataString(uri.AbsolutePath)[1..].Split('/', 2);
        if (parts.Length == 1 && request.Method == HttpMethod.Put)
        {
            Buckets.TryAdd(parts[0], new(StringComparer.Ordinal));
            return new(HttpStatusCode.OK);
        }

        if (!Buckets.TryGetValue(parts[0], out var bucket))
        {
            return Refuse(HttpStatusCode.NotFound, "NoSuchBucket", "The specified bucket does not exist.");
        }

        if (parts.Length == 1)
        {
            return request.Method == HttpMethod.Head ? new(HttpStatusCode.OK) : List(bucket.Select(o => (o.Key, o.Value.Bytes)), QueryOf(uri));
        }

        if (request.Method == HttpMethod.Put)
        {
            bucket[parts[1]] = (body, request.Headers.Where(h => h.Key.StartsWith("x-amz-meta-", StringComparison.Ordinal)).ToDictionary(h => h.Key, h => h.Value.First()));
            return new(HttpStatusCode.OK);
        }

        if (request.Method == HttpMethod.Delete)
        {
            bucket.Remove(parts[1]);
            return new(HttpStatusCode.NoContent);
        }

        if (!bucket.TryGetValue(parts[1], out (byte[] Bytes, Dictionary<string, string> Metadata) found))
        {
            return Refuse(HttpStatusCode.NotFound, "NoSuchKey", "The specified key does not exist.");
        }

        var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(found.Bytes) };
        foreach ((string name, string value) in found.Metadata)
        {
            answer.Headers.Add(name, value);
        }

        return answer;
    }

    [SuppressMessage("Security", "CA5351", Justification = "The entity tag of most stores.")]
    private HttpResponseMessage List(IEnumerable<(string Key, byte[] Bytes)> objects, Dictionary<string, string> query)
    {
        string after = query.GetValueOrDefault("continuation-token", "");
        (string Key, byte[] Bytes)[] page = [.. objects.Where(o => string.CompareOrdinal(o.Key, after) > 0).Take(PageSize + 1)];
        bool isCut = page.Length > PageSize;
        page = [.. page.Take(PageSize)];
        var xml = new StringBuilder($"<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><EncodingType>url</EncodingType><IsTruncated>{(isCut ? "true" : "false")}</IsTruncated>");
        xml.Append(isCut ? $"<NextContinuationToken>{page[^1].Key}</NextContinuationToken>" : "");
        foreach ((string key, byte[] bytes) in page)
        {
            xml.Append($"<Contents><Key>{WebUtility.UrlEncode(key)}</Key><ETag>&quot;{Convert.ToHexStringLower(MD5.HashData(bytes))}&quot;</ETag><Size>{bytes.Length}</Size></Contents>");
        }

        return new(HttpStatusCode.OK) { Content = new StringContent(xml.Append("</ListBucketResult>").ToString()) };
    }

    private static Dictionary<string, string> QueryOf(Uri uri) => uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));

    private bool IsSigned(HttpRequestMessage request, byte[] body)
    {
        Dictionary<string, string> fields = request.Headers.NonValidated["Authorization"].ToString()[(SigV4.Algorithm.Length + 1)..]
            .Split(", ").Select(field => field.Split('=', 2)).ToDictionary(field => field[0], field => field[1]);
        string[] scope = fields["Credential"].Split('/');
        string hash = request.Headers.NonValidated["x-amz-content-sha256"].ToString();
        KeyValuePair<string, string>[] headers = [.. fields["SignedHeaders"].Split(';').Select(name =>
            new KeyValuePair<string, string>(name, name == "host" ? request.RequestUri!.Authority : request.Headers.NonValidated[name].ToString()))];
        string canonical = SigV4.CanonicalRequest(
            request.Method.Method, Uri.UnescapeDataString(request.RequestUri!.AbsolutePath), [.. QueryOf(request.RequestUri)], headers, fields["SignedHeaders"], hash);
        string time = request.Headers.NonValidated["x-amz-date"].ToString();
        return scope[0] == accessKey
            && hash == Convert.ToHexStringLower(SHA256.HashData(body))
            && SigV4.Verify(
                SigV4.SigningKey(secretKey, scope[1], scope[2], scope[3]),
                SigV4.StringToSign(time, string.Join('/', scope[1..]), canonical),
                fields["Signature"]);
    }

    private sealed class UnownedHandler(FakeBucketStore store) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            store.SendAsync(request, cancellationToken);
    }
}
