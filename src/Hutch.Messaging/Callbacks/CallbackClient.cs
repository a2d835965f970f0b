using System.Diagnostics.Metrics;
using System.Net.Http.Headers;

namespace Hutch.Messaging.Callbacks;

/// <summary>
/// Sends results by HTTP POST. It follows no redirect, uses no proxy, keeps no cookies, reads nothing of the answer but its status, and
/// connects only to addresses that are for the host (<see cref="ReachableAddress"/>).
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class CallbackClient : IDisposable
{
    private const int MaxConnectionsPerHost = 16;
    private const int MaxHeaderKibibytes = 16;

    /// <summary>So much of an answer is passed over to use its connection again.</summary>
    private const int MaxDrainedBytes = 4096;

    private readonly TimeProvider _time;
    private readonly byte[]? _key;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly HttpClient _http;
    private readonly Meter _meter = new("Hutch.Messaging.Callbacks");
    private readonly Counter<long> _requests;

    public CallbackClient(CallbackOptions options, TimeProvider time)
        : this(options, time, Dns.GetHostAddressesAsync)
    {
    }

    internal CallbackClient(CallbackOptions options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        Options = options;
        _time = time;
        _resolve = resolve;
        _key = options.Secret is { } secret ? CallbackSignature.ParseSecret(secret) : null;
        _requests = _meter.CreateCounter<long>("hutch.callbacks.requests", description: "Requests with results, by outcome");
        _http = new HttpClient(MakeHandler()) { Timeout = TimeSpan.FromSeconds(options.TimeoutSeconds) };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("hutch", null));
    }

    /// <summary>The receivers and limits.</summary>
    public CallbackOptions Options { get; }

    /// <param name="id">What the message is; the same when it is sent again.</param>
    /// <param name="body">JSON.</param>
    /// <returns>Null when it was taken; otherwise what went wrong.</returns>
    public async Task<string?> PostAsync(Uri to, string id, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        string? trouble = await TryAsync(to, id, body, ct);
        _requests.Add(1, new KeyValuePair<string, object?>("outcome", trouble is null ? "taken" : "failed"));
        return trouble;
    }

    public void Dispose()
    {
        _http.Dispose();
        _meter.Dispose();
    }

    private async Task<string?> TryAsync(Uri to, string id, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, to) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        Sign(request.Headers, id, body.Span);
        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            int status = (int)answer.StatusCode;
            return answer.IsSuccessStatusCode ? null
                : status is >= 300 and < 400 ? $"it answered {status}, and redirects are not followed"
                : $"it answered {status}";
        }
        catch (HttpRequestException e)
        {
            return Reason(e);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return string.Create(CultureInfo.InvariantCulture, $"it took more than {Options.TimeoutSeconds} seconds");
        }
    }

    private void Sign(HttpRequestHeaders headers, string id, ReadOnlySpan<byte> body)
    {
        long seconds = _time.GetUtcNow().ToUnixTimeSeconds();
        headers.Add("webhook-id", id);
        headers.Add("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture));
        if (_key is not null)
        {
            headers.Add("webhook-signature", CallbackSignature.Sign(_key, id, seconds, body));
        }
    }

    private static string Reason(HttpRequestException e) => e switch
    {
        { InnerException: ForbiddenAddressException forbidden } => forbidden.Message,
        { HttpRequestError: HttpRequestError.NameResolutionError } => "its name cannot be resolved",
        { HttpRequestError: HttpRequestError.ConnectionError } => "no connection can be made",
        { HttpRequestError: HttpRequestError.SecureConnectionError } => "its certificate, or its TLS, is not accepted",
        _ => "its answer is no HTTP, or the connection broke",
    };

    private SocketsHttpHandler MakeHandler() => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        MaxConnectionsPerServer = MaxConnectionsPerHost,
        MaxResponseHeadersLength = MaxHeaderKibibytes,
        MaxResponseDrainSize = MaxDrainedBytes,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        ConnectCallback = ConnectAsync,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct) =>
        await GuardedConnection.OpenAsync(
        context.DnsEndPoint, _resolve, address => ReachableAddress.IsFor(context.DnsEndPoint.Host, address),
        "its name leads to an address of the server itself or of its own link, which 'callbacks.allow' does not list", ct);
}
