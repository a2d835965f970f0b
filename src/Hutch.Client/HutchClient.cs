using System.Net.Http.Headers;
using Hutch.Client.Configuration;
using Hutch.Client.Http;
using Hutch.Client.Push;
using Hutch.Client.Tar;

namespace Hutch.Client;

/// <summary>
/// The REST interface of a Hutch server, typed. Refusals are <see cref="HutchException"/>; no answer is
/// <see cref="ServerUnreachableException"/>. Requests that are safe to repeat are repeated, with growing waits, when the connection
/// breaks or the server is busy. Safe for use by several threads.
/// </summary>
public sealed class HutchClient : IDisposable
{
    /// <summary>The pause before another request for bytes that are being recalled, if the server names none.</summary>
    private static readonly TimeSpan RecallPause = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly HutchClientOptions _options;
    private readonly ServerOutage _outage;

    /// <summary>Makes a client of one server. Throws <see cref="HutchException"/> when the token would travel in the open.</summary>
    /// <param name="remote">Address of the server, such as <c>https://hutch.example.org</c>.</param>
    /// <param name="token">The bearer token; null for what needs none. <see cref="HutchClientOptions.Login"/> takes its place.</param>
    /// <param name="options">Behaviour; the defaults when null.</param>
    public HutchClient(Uri remote, string? token, HutchClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(remote);
        RemoteAddress.RefuseOpenToken(remote, token);
        _options = options ?? new HutchClientOptions();
        Remote = new Uri(remote.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");
        _outage = new ServerOutage(Remote.Authority, _options.Wait, _options.Retry.Time, _options.Waiting);
        _http = new HttpClient(MakeHandler(_options, remote), disposeHandler: true)
        {
            BaseAddress = Remote,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("hutch", ClientVersion.Text));
        if (token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    public Uri Remote { get; }

    /// <summary>True without a token.</summary>
    public bool IsAnonymous => _http.DefaultRequestHeaders.Authorization is null && _options.Login is null;

    /// <summary>From now on, what this client writes is measured at this moment: it goes before other large transfers.</summary>
    public void DeclareCapture() => _http.DefaultRequestHeaders.TryAddWithoutValidation(HutchHeaders.Work, HutchHeaders.CaptureWork);

    public void Dispose() => _http.Dispose();

    private static HttpMessageHandler MakeHandler(HutchClientOptions options, Uri remote) => options.Login is { } login
        ? new LoginHandler(
            login, trust => options.Handler ?? MakeHandler(options, trust ?? options.Trust, remote), options.Retry.Time)
        : options.Handler ?? MakeHandler(options, options.Trust, remote);

    private static SocketsHttpHandler MakeHandler(HutchClientOptions options, ServerTrust? trust, Uri remote) => new()
    {
        ConnectTimeout = options.ConnectTimeout,
        MaxConnectionsPerServer = options.MaxConnections,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
        AllowAutoRedirect = false, // a redirect would carry the token to somebody else
        UseCookies = false,
        SslOptions = (trust ?? new ServerTrust()).For(remote),
        AutomaticDecompression = DecompressionMethods.None,
        InitialHttp2StreamWindowSize = 1024 * 1024,
    };

    /// <summary>Sends a request and reads the document of the answer.</summary>
    internal Task<T> CallAsync<T>(BoundCall<RestCall<T>> call, CancellationToken ct) => CallAsync(call, static _ => { }, ct);

    internal async Task<T> CallAsync<TBody, T>(BoundCall<RestCall<TBody, T>> call, TBody body, CancellationToken ct)
    {
        using HttpResponseMessage response = await OpenAsync(call, body, ct);
        return await ReadJsonAsync(response, call.Call.Answer, ct);
    }

    /// <param name="prepare">Adds body and headers to each attempt.</param>
    internal async Task<T> CallAsync<T>(BoundCall<RestCall<T>> call, Action<HttpRequestMessage> prepare, CancellationToken ct)
    {
        using HttpResponseMessage response = await OpenAsync(call, prepare, ct);
        return await ReadJsonAsync(response, call.Call.Answer, ct);
    }

    /// <summary>Sends a body in another format than JSON.</summary>
    internal async Task<T> CallAsync<TBody, T>(
        BoundCall<RestCall<TBody, T>> call, byte[] body, string mediaType, CancellationToken ct)
    {
        using HttpResponseMessage response = await OpenAsync(
            call,
            request => request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } },
            ct);
        return await ReadJsonAsync(response, call.Call.Answer, ct);
    }

    /// <summary>Sends a request whose answer says only that it was done.</summary>
    internal Task DoAsync(BoundCall<RestCall> call, CancellationToken ct) => DoAsync(call, static _ => { }, ct);

    internal Task DoAsync<TBody>(BoundCall<RestCommand<TBody>> call, TBody body, CancellationToken ct) =>
        DoAsync(call, request => request.Content = ToContent(body, call.Call.Body), ct);

    /// <summary>Sends a request whose answer is not read.</summary>
    internal async Task DoAsync<TBody, T>(BoundCall<RestCall<TBody, T>> call, TBody body, CancellationToken ct)
    {
        using HttpResponseMessage response = await OpenAsync(call, body, ct);
    }

    internal async Task DoAsync<TCall>(BoundCall<TCall> call, Action<HttpRequestMessage> prepare, CancellationToken ct)
        where TCall : RestCall
    {
        using HttpResponseMessage response = await OpenAsync(call, prepare, ct);
    }

    /// <summary>Sends a request and returns the head of the answer.</summary>
    internal Task<HttpResponseMessage> OpenAsync<TCall>(BoundCall<TCall> call, CancellationToken ct)
        where TCall : RestCall => OpenAsync(call, static _ => { }, ct);

    internal Task<HttpResponseMessage> OpenAsync<TBody, T>(BoundCall<RestCall<TBody, T>> call, TBody body, CancellationToken ct) =>
        OpenAsync(call, request => request.Content = ToContent(body, call.Call.Body), ct);

    internal Task<HttpResponseMessage> OpenAsync<TCall>(
        BoundCall<TCall> call, Action<HttpRequestMessage> prepare, CancellationToken ct)
        where TCall : RestCall => SendAsync(
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Parse(call.Call.Method), call.Path);
                prepare(request);
                return request;
            },
            call.Call.IsRepeatable,
            ct);

    private static ByteArrayContent ToContent<TBody>(TBody body, JsonTypeInfo<TBody> type) =>
        new(JsonSerializer.SerializeToUtf8Bytes(body, type))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        };

    internal async Task<T> ReadJsonAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken ct)
    {
        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(ct);
            return await JsonSerializer.DeserializeAsync(body, type, ct)
                ?? throw new BadAnswerException($"{response.RequestMessage?.RequestUri} returned an empty response.");
        }
        catch (JsonException e)
        {
            throw new BadAnswerException($"{Remote} sent a response that cannot be read. Is it a Hutch server?", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ServerUnreachableException(Remote, e);
        }
    }

    internal IAsyncEnumerable<T> ListAsync<T>(BoundCall<RestCall<Page<T>>> call, CancellationToken ct) => ListAsync(call, null, ct);

    /// <param name="note">Called with each sentence about the list as a whole.</param>
    internal async IAsyncEnumerable<T> ListAsync<T>(
        BoundCall<RestCall<Page<T>>> call, Action<string>? note,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        string? cursor = null;
        do
        {
            Page<T> answer = await CallAsync(call.With("cursor", cursor), ct);
            foreach (string text in note is null ? [] : answer.Notes ?? [])
            {
                note!(text);
            }

            foreach (T item in answer.Items)
            {
                yield return item;
            }

            cursor = answer.Next;
        }
        while (cursor is not null);
    }

    // A connection that breaks in the middle of a body is a broken connection, whatever the layer that noticed calls it.
    internal async IAsyncEnumerable<T> Shielded<T>(IAsyncEnumerable<T> items)
    {
        await using IAsyncEnumerator<T> enumerator = items.GetAsyncEnumerator();
        while (true)
        {
            try
            {
                if (!await enumerator.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (Exception e) when (Transport.IsBroken(e))
            {
                throw new ServerUnreachableException(Remote, e);
            }

            yield return enumerator.Current;
        }
    }

    /// <summary>Sends a request, again if that is safe and useful, and returns the answer's head; a refusal is thrown.</summary>
    internal async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, bool repeatable, CancellationToken ct)
    {
        for (int attempt = 1; ; attempt++)
        {
            (HttpResponseMessage? response, Exception? failure, bool connected) = await TryOnceAsync(make, ct);
            if (response is { IsSuccessStatusCode: true } && !IsRecalling(response))
            {
                _outage.Answered();
                if (response.Headers.TryGetValues(HutchHeaders.Unconfirmed, out IEnumerable<string>? sites))
                {
                    _options.Unconfirmed?.Invoke(string.Join(", ", sites));
                }

                return response;
            }

            if (failure?.GetBaseException() is HutchException own)
            {
                throw own;
            }

            if (response is not null && IsRecalling(response))
            {
                attempt--;
                await WaitForRecallAsync(response, ct);
                continue;
            }

            TimeSpan? delay = _options.Retry.DelayAfter(attempt, repeatable, response?.StatusCode, RetryAfter(response), connected)
                ?? (IsAway(response) && (repeatable || !connected) ? _outage.DelayAfterFailure(IsUnknownName(failure)) : null);
            if (delay is null || IsPerhapsFinal(response))
            {
                Exception refusal = await RefusalAsync(response, failure, ct);
                if (delay is null || refusal is HutchException { Error.Code.Name: var name } && name == ErrorCode.Quarantined.Name)
                {
                    throw refusal;
                }
            }

            string reason = failure?.GetBaseException().Message ?? $"{(int)response!.StatusCode} {response.ReasonPhrase}";
            _options.Notice?.Invoke($"{Remote.Authority}: {reason.TrimEnd('.')}; retrying in {delay.Value.TotalSeconds:0.0} s.");
            response?.Dispose();
            await Task.Delay(delay.Value, _options.Retry.Time, ct);
        }
    }

    /// <summary>Waits as long as the server asks for: bytes are on their way from nearline storage, and come in the end.</summary>
    private async Task WaitForRecallAsync(HttpResponseMessage response, CancellationToken ct)
    {
        TimeSpan wait = RetryAfter(response) ?? RecallPause;
        HutchError why = await ProblemReader.ReadAsync(response, ct);
        response.Dispose();
        _options.Waiting?.Invoke(string.Create(
            CultureInfo.InvariantCulture, $"{Remote.Authority}: {why.Message.TrimEnd('.')}; asking again in {wait.TotalSeconds:0} s."));
        await Task.Delay(wait, _options.Retry.Time, ct);
    }

    private static bool IsRecalling(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.Accepted && response.Content.Headers.ContentType?.MediaType == HutchMediaTypes.Problem;

    private async Task<(HttpResponseMessage? Response, Exception? Failure, bool Connected)> TryOnceAsync(
        Func<HttpRequestMessage> make, CancellationToken ct)
    {
        using HttpRequestMessage request = make();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(request.Content is null ? _options.AnswerTimeout : Timeout.InfiniteTimeSpan);
        using ITimer? timer = _options.Waiting is { } tell && request.Content is not (HashingFileContent or TarContent)
            ? _options.Retry.Time.CreateTimer(
                _ => tell($"{Remote.Authority} has not answered for {_options.WaitingAfter.TotalSeconds:0} s; still waiting."),
                null, _options.WaitingAfter, Timeout.InfiniteTimeSpan)
            : null;
        if (_options.SendLimit is { } limit && request.Content is { } body)
        {
            request.Content = new LimitedContent(body, limit);
        }

        try
        {
            return (await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token), null, true);
        }
        catch (HttpRequestException e)
        {
            bool never = e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError;
            return (null, e, !never);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            return (null, e, true);
        }
    }

    private async Task<Exception> RefusalAsync(HttpResponseMessage? response, Exception? failure, CancellationToken ct)
    {
        if (response is null)
        {
            // What went wrong on our side while a body was written (a file that cannot be read) is not the server's silence.
            return failure!.GetBaseException() is HutchException own
                ? own
                : new ServerUnreachableException(Remote, failure) { WasWaitedFor = _outage.IsOver };
        }

        using (response)
        {
            return (await ProblemReader.ReadAsync(response, ct)).ToException();
        }
    }

    /// <summary>Hutch says when to come back, except where that does not help: for damaged bytes.</summary>
    private static bool IsPerhapsFinal(HttpResponseMessage? response) =>
        response is { StatusCode: HttpStatusCode.ServiceUnavailable, Headers.RetryAfter: null }
        && response.Content.Headers.ContentType?.MediaType == HutchMediaTypes.Problem;

    /// <summary>No answer, or that of a proxy without the server.</summary>
    private static bool IsAway(HttpResponseMessage? response) =>
        response is null
        || (response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
            && response.Content.Headers.ContentType?.MediaType != HutchMediaTypes.Problem);

    private static bool IsUnknownName(Exception? failure) =>
        failure is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError };

    private TimeSpan? RetryAfter(HttpResponseMessage? response) => response?.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _options.Retry.Time.GetUtcNow(),
        _ => null,
    };
}
