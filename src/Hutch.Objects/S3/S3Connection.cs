using System.Net.Http.Headers;
using Hutch.Objects.Http;

namespace Hutch.Objects.S3;

/// <summary>
/// Sends requests to one bucket of an S3 store, path style: signs and retries them, and reports their outcome. Every request is idempotent.
/// Messages and exceptions never contain the key. Thread-safe.
/// </summary>
internal sealed class S3Connection : IDisposable
{
    internal const string MetadataPrefix = "x-amz-meta-";

    /// <summary>The rate of a large body below which its request is given up.</summary>
    private const long SlowestBytesPerSecond = 1 << 20;

    private const long MaxErrorBytes = 1 << 20;

    private const string Advice =
        "Compare it with what the operator of the store says. Then trust the authority that signed the certificate, in a PEM file: "
        + "AWS_CA_BUNDLE names one for a command, the configuration for a server. Or trust this fingerprint, where one can be given.";

    private readonly S3Location _location;
    private readonly S3ClientOptions _options;
    private SigningKey _key;
    private readonly HttpClient _http;

    public S3Connection(S3Location location, S3Credentials credentials, S3ClientOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(location.Bucket, nameof(location));
        _location = location;
        _options = options;
        _key = SigningKey.From(credentials, options);
        _http = new HttpClient(options.Handler ?? MakeHandler(location, options)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public string Bucket => _location.Bucket!;

    /// <summary>The location, without any key.</summary>
    public string Name => _location.Endpoint.GetLeftPart(UriPartial.Authority) + "/" + Bucket;

    private bool IsSecure => _location.Endpoint.Scheme == Uri.UriSchemeHttps;

    /// <param name="take">Reads the response; called again if the connection breaks during the response.</param>
    public async Task<T> SendAsync<T>(
        BucketRequest request, Func<HttpResponseMessage, CancellationToken, ValueTask<T>> take, CancellationToken cancellationToken)
    {
        bool mayBeDone = false;
        for (int attempt = 1; ; attempt++)
        {
            TimeSpan? delay;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(_options.AnswerTimeout + TimeSpan.FromSeconds((request.Body?.Length ?? 0) / SlowestBytesPerSecond));
            SigningKey key = Volatile.Read(ref _key);
            try
            {
                using HttpRequestMessage message = MakeMessage(request, key.Signer);
                using HttpResponseMessage answer = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
                if (answer.IsSuccessStatusCode
                    || (answer.StatusCode == request.AlsoGood && !await IsNoBucketAsync(answer, request.Key, limit.Token)))
                {
                    return await take(answer, limit.Token);
                }

                if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden && HasOtherKey(key.Credentials))
                {
                    continue;
                }

                mayBeDone |= IsUnclear(answer.StatusCode);
                delay = _options.Retry.DelayAfter(
                    attempt, repeatable: true, StatusToRetry(answer.StatusCode), answer.Headers.RetryAfter?.Delta, connected: true);
                if (delay is null)
                {
                    HutchException refused = (await S3ErrorReader.ReadAsync(answer, _location, key.Credentials, limit.Token)).ToException();
                    throw Failure(request, mayBeDone, refused);
                }
            }
            catch (HttpRequestException e) when (e.InnerException is HutchException refused)
            {
                // A certificate that is not trusted will not be at the next attempt either.
                throw refused.Error.ToException(e);
            }
            catch (Exception e) when (Transport.IsBroken(e)
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                mayBeDone |= !WasNeverSent(e);
                delay = _options.Retry.DelayAfter(attempt, repeatable: true, status: null, retryAfter: null, connected: true);
                if (delay is null)
                {
                    throw Failure(request, mayBeDone, new ServerUnreachableException(_location.Endpoint, e));
                }
            }

            await Task.Delay(delay.Value, _options.Retry.Time, cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler MakeHandler(S3Location location, S3ClientOptions options) => new()
    {
        ConnectTimeout = options.ConnectTimeout,
        MaxConnectionsPerServer = options.MaxConnections,
        AllowAutoRedirect = false, // a signature is good for one host only
        UseCookies = false,
        SslOptions = ((options.Trust ?? new ServerTrust()) with { Advice = Advice }).For(location.Endpoint),
        AutomaticDecompression = DecompressionMethods.None,
    };

    /// <summary>The exception for a failed request. Of a write, it says if an attempt may have been executed.</summary>
    private static Exception Failure(BucketRequest request, bool mayBeDone, Exception last) => request.IsWrite && mayBeDone
        ? new ObjectOutcomeUnknownException(
            $"Whether {Display.Quote(request.Key)} was written is unknown: {last.Message}", last)
        : last;

    private static bool WasNeverSent(Exception e) => e is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
    };

    /// <summary>
    /// Statuses after which a write may have been executed: the store, or a proxy in front of it, failed. A busy store has done nothing.
    /// </summary>
    private static bool IsUnclear(HttpStatusCode status) =>
        status is HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout;

    /// <summary>S3 stores answer 500 for failures that a retry solves.</summary>
    private static HttpStatusCode? StatusToRetry(HttpStatusCode status) => status == HttpStatusCode.InternalServerError ? null : status;

    private bool HasOtherKey(S3Credentials refused)
    {
        if (Volatile.Read(ref _key).Credentials == refused && _options.NewKey() is { } key)
        {
            Volatile.Write(ref _key, SigningKey.From(key, _options));
        }

        return Volatile.Read(ref _key).Credentials != refused;
    }

    private HttpRequestMessage MakeMessage(BucketRequest request, SigV4Signer signer)
    {
        string path = "/" + Bucket + (request.Key.Length == 0 ? "" : "/" + request.Key);
        var text = new StringBuilder(_location.Endpoint.GetLeftPart(UriPartial.Authority)).Append(UriText.Escape(path, keepSlash: true));
        for (int i = 0; i < request.Query.Count; i++)
        {
            (string name, string value) = request.Query[i];
            text.Append(i == 0 ? '?' : '&').Append(name).Append('=').Append(UriText.Escape(value, keepSlash: false));
        }

        var message = new HttpRequestMessage(request.Method, new Uri(text.ToString())) { Version = HttpVersion.Version11 };
        string hash = request.Body is null ? SigV4.EmptyHash : AddBody(message, request, request.Body);
        if (request.Range is (var offset, var length))
        {
            message.Headers.TryAddWithoutValidation(
                "Range", string.Create(CultureInfo.InvariantCulture, $"bytes={offset}-{offset + length - 1}"));
        }

        foreach ((string name, string value) in request.Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        signer.Sign(message, path, request.Query, hash);
        return message;
    }

    /// <summary>Signs the body by its SHA-256. Over TLS, which protects it, a known CRC32C is enough and saves a pass over it.</summary>
    private string AddBody(HttpRequestMessage message, BucketRequest request, ObjectBody body)
    {
        message.Content = body.ToContent();
        message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(request.ContentType);
        message.Content.Headers.ContentMD5 = request.Md5;
        foreach ((string name, string value) in request.Metadata ?? new Dictionary<string, string>())
        {
            message.Headers.TryAddWithoutValidation(MetadataPrefix + name, value);
        }

        if (!IsSecure || body.ChecksumText() is not { } crc)
        {
            return body.Hash().ToString();
        }

        message.Headers.TryAddWithoutValidation("x-amz-checksum-crc32c", crc);
        return SigV4.UnsignedPayload;
    }

    /// <summary>
    /// Returns true if the bucket is missing, as opposed to the object. (The response to a HEAD has no body that could say this.)
    /// </summary>
    private static async Task<bool> IsNoBucketAsync(HttpResponseMessage answer, string key, CancellationToken cancellationToken)
    {
        if (key.Length == 0)
        {
            return false;
        }

        await S3Xml.BufferAsync(answer.Content, MaxErrorBytes, cancellationToken);
        return (await answer.Content.ReadAsStringAsync(cancellationToken)).Contains("<Code>NoSuchBucket</Code>", StringComparison.Ordinal);
    }

    private sealed record SigningKey(S3Credentials Credentials, SigV4Signer Signer)
    {
        public static SigningKey From(S3Credentials credentials, S3ClientOptions options) =>
            new(credentials, new SigV4Signer(credentials, options.Region, options.Retry.Time));
    }
}
