using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Hutch.Model.Signatures;
using Hutch.Objects.S3;

namespace Hutch.Testing.Objects;

/// <summary>An S3 store in memory, like those of others: entity tags are MD5, and each signature is checked.</summary>
public sealed class FakeBucketStore(string accessKey, string secretKey) : HttpMessageHandler
{
    public ConcurrentDictionary<string, SortedDictionary<string, (byte[] Bytes, Dictionary<string, string> Metadata)>> Buckets { get; } = new();

    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The only key that it accepts.</summary>
    public S3Credentials Key { get; set; } = new(accessKey, secretKey);

    /// <summary>The number of keys on a page of a listing.</summary>
    public int PageSize { get; init; } = 1000;

    /// <summary>The number of next requests that it answers with 503.</summary>
    public int Failures { get; set; }

    /// <summary>Chooses the fault of a request by its method and path; none by default.</summary>
    public Func<string, BucketFault> Fault { get; set; } = static _ => BucketFault.None;

    /// <summary>The archive class; null for none.</summary>
    public ArchiveClassOfStore? Archive { get; init; }

    /// <summary>Receives each request.</summary>
    public Action<HttpRequestMessage>? OnRequest { get; set; }

    /// <summary>A handler for the store, which a client may dispose of.</summary>
    public HttpMessageHandler Unowned() => new UnownedHandler(this);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        Uri uri = request.RequestUri!;
        OnRequest?.Invoke(request);
        BucketFault fault = Fault($"{request.Method} {uri.PathAndQuery}");
        if (fault == BucketFault.Hang)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        HttpResponseMessage answer = fault switch
        {
            BucketFault.SlowDown => SlowDown(request),
            BucketFault.InternalError => Reject(HttpStatusCode.InternalServerError, "InternalError", "Please try again."),
            BucketFault.RefuseConnection => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused"),
            _ => AnswerChecked(request, uri, body, fault),
        };
        return fault switch
        {
            BucketFault.LoseAnswer => throw new HttpRequestException(HttpRequestError.ResponseEnded, "cut"),
            BucketFault.CutBody => await CutAsync(answer, cancellationToken),
            _ => answer,
        };
    }

    private HttpResponseMessage AnswerChecked(HttpRequestMessage request, Uri uri, byte[] body, BucketFault fault)
    {
        lock (Buckets)
        {
            Requests.Enqueue($"{request.Method} {uri.PathAndQuery}");
            if (Failures > 0)
            {
                Failures--;
                return Reject(HttpStatusCode.ServiceUnavailable, "SlowDown", "Please reduce your request rate.");
            }

            return IsSigned(request, body) ? Answer(request, uri, body, fault)
                : Reject(HttpStatusCode.Forbidden, "SignatureDoesNotMatch", $"The signature of {Key.AccessKey} does not match.");
        }
    }

    private HttpResponseMessage SlowDown(HttpRequestMessage request)
    {
        Requests.Enqueue($"{request.Method} SlowDown");
        HttpResponseMessage answer = Reject(HttpStatusCode.ServiceUnavailable, "SlowDown", "Please reduce your request rate.");
        answer.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(7));
        return answer;
    }

    private static async Task<HttpResponseMessage> CutAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        byte[] whole = await answer.Content.ReadAsByteArrayAsync(ct);
        var cut = new StreamContent(new MemoryStream(whole[..(whole.Length / 2)]));
        cut.Headers.ContentLength = whole.Length;
        cut.Headers.ContentRange = answer.Content.Headers.ContentRange;
        answer.Content = cut;
        return answer;
    }

    internal static HttpResponseMessage Reject(HttpStatusCode status, string code, string message) => new(status)
    {
        Content = new StringContent($"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"),
    };

    private HttpResponseMessage Answer(HttpRequestMessage request, Uri uri, byte[] body, BucketFault fault)
    {
        string[] parts = Uri.UnescapeDataString(uri.AbsolutePath)[1..].Split('/', 2);
        if (parts.Length == 1 && request.Method == HttpMethod.Put)
        {
            Buckets.TryAdd(parts[0], new(StringComparer.Ordinal));
            return new(HttpStatusCode.OK);
        }

        if (!Buckets.TryGetValue(parts[0], out var bucket))
        {
            return Reject(HttpStatusCode.NotFound, "NoSuchBucket", "The specified bucket does not exist.");
        }

        if (parts.Length == 1 && request.Method == HttpMethod.Post)
        {
            return Remove(request, bucket, body);
        }

        if (parts.Length == 1)
        {
            return request.Method == HttpMethod.Head ? new(HttpStatusCode.OK) : List(bucket.Select(o => (o.Key, o.Value.Bytes)), QueryOf(uri));
        }

        if (Archive?.Answer(request, parts[0], parts[1], body, key => bucket.TryGetValue(key, out var one) ? one.Bytes : null) is { } answered)
        {
            return answered;
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
            return Reject(HttpStatusCode.NotFound, "NoSuchKey", "The specified key does not exist.");
        }

        HttpResponseMessage answer = Read(request, found.Bytes, fault);
        foreach ((string name, string value) in found.Metadata)
        {
            answer.Headers.Add(name, value);
        }

        Archive?.Describe(parts[1], answer);
        return answer;
    }

    private static HttpResponseMessage Read(HttpRequestMessage request, byte[] bytes, BucketFault fault)
    {
        if (request.Headers.Range?.Ranges.Single() is not { } range || fault == BucketFault.IgnoreRange)
        {
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(bytes) };
        }

        if (range.From >= bytes.Length)
        {
            return Reject(HttpStatusCode.RequestedRangeNotSatisfiable, "InvalidRange", "The requested range cannot be satisfied.");
        }

        int from = (int)range.From!;
        int end = (int)Math.Min(range.To!.Value + 1, bytes.Length);
        var part = new HttpResponseMessage(HttpStatusCode.PartialContent) { Content = new ByteArrayContent(bytes[from..end]) };
        part.Content.Headers.ContentRange = new ContentRangeHeaderValue(from, end - 1, bytes.Length);
        return part;
    }

    [SuppressMessage("Security", "CA5351", Justification = "S3 asks for it.")]
    private static HttpResponseMessage Remove<T>(HttpRequestMessage request, SortedDictionary<string, T> bucket, byte[] body)
    {
        if (request.Content!.Headers.ContentMD5?.SequenceEqual(MD5.HashData(body)) != true)
        {
            return Reject(HttpStatusCode.BadRequest, "InvalidDigest", "Content-MD5 is missing or wrong.");
        }

        var xml = new StringBuilder("<DeleteResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
        foreach (string key in XElement.Parse(Encoding.UTF8.GetString(body)).Descendants("Key").Select(static element => element.Value))
        {
            if (key.Contains("locked", StringComparison.Ordinal))
            {
                xml.Append($"<Error><Key>{key}</Key><Code>AccessDenied</Code><Message>It is locked.</Message></Error>");
            }
            else
            {
                bucket.Remove(key);
            }
        }

        return new(HttpStatusCode.OK) { Content = new StringContent(xml.Append("</DeleteResult>").ToString()) };
    }

    [SuppressMessage("Security", "CA5351", Justification = "The entity tag of most stores.")]
    private HttpResponseMessage List(IEnumerable<(string Key, byte[] Bytes)> objects, Dictionary<string, string> query)
    {
        string after = query.GetValueOrDefault("continuation-token", query.GetValueOrDefault("start-after", ""));
        string prefix = query.GetValueOrDefault("prefix", "");
        int size = Math.Min(PageSize, int.Parse(query.GetValueOrDefault("max-keys", "1000"), CultureInfo.InvariantCulture));
        (string Key, byte[] Bytes)[] page =
        [
            .. objects.Where(o => string.CompareOrdinal(o.Key, after) > 0 && o.Key.StartsWith(prefix, StringComparison.Ordinal)).Take(size + 1),
        ];
        bool isCut = page.Length > size;
        page = [.. page.Take(size)];
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
        return scope[0] == Key.AccessKey
            && (hash == SigV4.UnsignedPayload || hash == Convert.ToHexStringLower(SHA256.HashData(body)))
            && SigV4.Verify(
                SigV4.SigningKey(Key.SecretKey, scope[1], scope[2], scope[3]),
                SigV4.StringToSign(time, string.Join('/', scope[1..]), canonical),
                fields["Signature"]);
    }

    private sealed class UnownedHandler(FakeBucketStore store) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            store.SendAsync(request, cancellationToken);
    }
}
