using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using Hutch.Client.Http;
using Hutch.Model;
using Hutch.Model.Signatures;

namespace Hutch.Client.S3;

/// <summary>
/// One bucket of any S3 store, path style: what ingest and analysis need, and no more. Nothing it says or throws has the key in it.
/// Thread-safe.
/// </summary>
public sealed class S3Client : IDisposable
{
    /// <summary>There is no key, or the store does not take it. Only a client can meet it.</summary>
    public static readonly ErrorCode KeyRefused = new(
        "s3-key-refused",
        401,
        "The store rejected the key",
        "Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the clock of this machine.");

    private const int MaxConnections = 32;
    private const string MetadataPrefix = "x-amz-meta-";

    private readonly S3Location _location;
    private readonly S3Credentials _credentials;
    private readonly S3ClientOptions _options;
    private readonly SigV4Signer _signer;
    private readonly HttpClient _http;

    /// <summary>Creates a client; sends nothing yet.</summary>
    public S3Client(S3Location location, S3Credentials credentials, S3ClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(location);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(location.Bucket, nameof(location));
        _location = location;
        _credentials = credentials;
        _options = options;
        _signer = new SigV4Signer(credentials, options.Region, options.Retry.Time);
        _http = new HttpClient(options.Handler ?? MakeHandler(location, options)) { Timeout = options.AnswerTimeout };
    }

    /// <summary>The bucket that all requests go to.</summary>
    public string Bucket => _location.Bucket!;

    /// <summary>Makes the bucket; false when it is there already and the caller may use it.</summary>
    public async Task<bool> EnsureBucketAsync(CancellationToken cancellationToken)
    {
        using (HttpResponseMessage head = await SendAsync(HttpMethod.Head, "", [], null, null, HttpStatusCode.NotFound, cancellationToken))
        {
            if (head.StatusCode != HttpStatusCode.NotFound)
            {
                return false;
            }
        }

        using HttpResponseMessage made = await SendAsync(HttpMethod.Put, "", [], null, null, null, cancellationToken);
        return true;
    }

    /// <summary>Stores an object.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="hash">Their SHA-256.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="metadata">User metadata; null for none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task PutAsync(
        string key, ReadOnlyMemory<byte> bytes, BlobHash hash, string contentType, IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken)
    {
        var body = new Body(bytes, hash.ToString(), contentType, metadata);
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Put, key, [], body, null, null, cancellationToken);
    }

    /// <summary>Reads an object; its user metadata, or null when there is no such object.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="destination">Takes the bytes, in place of what it has.</param>
    /// <param name="maxBytes">A larger object is refused.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyDictionary<string, string>?> ReadAsync(
        string key, ArrayBufferWriter<byte> destination, long maxBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        using HttpResponseMessage answer = await SendAsync(
            HttpMethod.Get, key, [], null, destination, HttpStatusCode.NotFound, cancellationToken, maxBytes);
        return answer.StatusCode == HttpStatusCode.NotFound
            ? null
            : answer.Headers.NonValidated
                .Where(h => h.Key.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
                .ToDictionary(h => h.Key[MetadataPrefix.Length..].ToLowerInvariant(), h => h.Value.ToString(), StringComparer.Ordinal);
    }

    /// <summary>Removes an object; one that is not there is removed already.</summary>
    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Delete, key, [], null, null, null, cancellationToken);
    }

    /// <summary>Lists the bucket in the order of its keys.</summary>
    public async IAsyncEnumerable<S3Item> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            List<KeyValuePair<string, string>> query = [new("list-type", "2"), new("encoding-type", "url")];
            if (next is not null)
            {
                query.Add(new("continuation-token", next));
            }

            var page = new ArrayBufferWriter<byte>();
            using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, "", query, null, page, null, cancellationToken);
            (IReadOnlyList<S3Item> items, next) = S3Xml.ReadListing(new MemoryStream(page.WrittenSpan.ToArray()));
            foreach (S3Item item in items)
            {
                yield return item;
            }
        }
        while (next is not null);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler MakeHandler(S3Location location, S3ClientOptions options) => new()
    {
        ConnectTimeout = options.ConnectTimeout,
        MaxConnectionsPerServer = MaxConnections,
        AllowAutoRedirect = false, // a signature is good for one host only
        UseCookies = false,
        SslOptions = (options.Trust ?? new ServerTrust()).For(location.Endpoint),
        AutomaticDecompression = DecompressionMethods.None,
    };

    // Every request here does the same when it is sent twice.
    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string key, IReadOnlyList<KeyValuePair<string, string>> query, Body? body, ArrayBufferWriter<byte>? destination,
        HttpStatusCode? alsoGood, CancellationToken cancellationToken, long maxBytes = long.MaxValue)
    {
        for (int attempt = 1; ; attempt++)
        {
            HttpResponseMessage? answer = null;
            TimeSpan? delay;
            try
            {
                using HttpRequestMessage request = MakeRequest(method, key, query, body);
                answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                if (answer.IsSuccessStatusCode)
                {
                    await CopyAsync(answer, key, destination, maxBytes, cancellationToken);
                    return answer;
                }

                if (answer.StatusCode == alsoGood && !await IsNoBucketAsync(answer, key, cancellationToken))
                {
                    return answer;
                }

                delay = _options.Retry.DelayAfter(
                    attempt, repeatable: true, answer.StatusCode, answer.Headers.RetryAfter?.Delta, connected: true);
                if (delay is null)
                {
                    HutchError error = await S3ErrorReader.ReadAsync(answer, _location, _credentials, cancellationToken);
                    throw error.ToException();
                }
            }
            catch (Exception e) when (Transport.IsBroken(e)
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                delay = _options.Retry.DelayAfter(attempt, repeatable: true, status: null, retryAfter: null, connected: true);
                if (delay is null)
                {
                    throw new ServerUnreachableException(_location.Endpoint, e);
                }
            }

            answer?.Dispose();
            await Task.Delay(delay.Value, _options.Retry.Time, cancellationToken);
        }
    }

    private HttpRequestMessage MakeRequest(HttpMethod method, string key, IReadOnlyList<KeyValuePair<string, string>> query, Body? body)
    {
        string path = "/" + Bucket + (key.Length == 0 ? "" : "/" + key);
        var text = new StringBuilder(_location.Endpoint.GetLeftPart(UriPartial.Authority)).Append(UriText.Escape(path, keepSlash: true));
        for (int i = 0; i < query.Count; i++)
        {
            text.Append(i == 0 ? '?' : '&').Append(query[i].Key).Append('=').Append(UriText.Escape(query[i].Value, keepSlash: false));
        }

        var request = new HttpRequestMessage(method, new Uri(text.ToString())) { Version = HttpVersion.Version11 };
        if (body is not null)
        {
            request.Content = new ReadOnlyMemoryContent(body.Bytes);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(body.ContentType);
            foreach ((string name, string value) in body.Metadata ?? new Dictionary<string, string>())
            {
                request.Headers.TryAddWithoutValidation(MetadataPrefix + name, value);
            }
        }

        _signer.Sign(request, path, query, body?.Hash ?? SigV4.EmptyHash);
        return request;
    }

    /// <summary>A bucket that is not there is no missing object. (A HEAD has no body that could say it.)</summary>
    private static async Task<bool> IsNoBucketAsync(HttpResponseMessage answer, string key, CancellationToken cancellationToken)
    {
        if (key.Length == 0)
        {
            return false;
        }

        await answer.Content.LoadIntoBufferAsync(cancellationToken);
        return (await answer.Content.ReadAsStringAsync(cancellationToken)).Contains("<Code>NoSuchBucket</Code>", StringComparison.Ordinal);
    }

    private static async Task CopyAsync(
        HttpResponseMessage answer, string key, ArrayBufferWriter<byte>? destination, long maxBytes, CancellationToken cancellationToken)
    {
        if (destination is null)
        {
            return;
        }

        if (answer.Content.Headers.ContentLength > maxBytes)
        {
            throw ErrorCode.TooLarge.With(
                $"{Display.Quote(key)} has {answer.Content.Headers.ContentLength} bytes; the limit is {maxBytes}.").ToException();
        }

        destination.ResetWrittenCount();
        await using Stream stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        long total = 0;
        while (true)
        {
            int count = await stream.ReadAsync(destination.GetMemory(1 << 16), cancellationToken);
            if (count == 0)
            {
                return;
            }

            destination.Advance(count);
            total += count;
            if (total > maxBytes)
            {
                throw ErrorCode.TooLarge.With($"{Display.Quote(key)} is larger than {maxBytes} bytes.").ToException();
            }
        }
    }

    private sealed record Body(
        ReadOnlyMemory<byte> Bytes, string Hash, string ContentType, IReadOnlyDictionary<string, string>? Metadata);
}
