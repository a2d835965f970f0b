using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Hutch.Federation.Keys;
using Hutch.Federation.Reverse;
using Hutch.Federation.Traffic;
using Hutch.Federation.Wire;
using Hutch.Messaging.Callbacks;
using Hutch.Model.Sites;

namespace Hutch.Federation.Links;

/// <summary>
/// Speaks with one other site over TLS, where both prove their keys. Nothing is sent to a server with another key than the pinned one.
/// Either of the two has dialled.
/// </summary>
internal sealed class SiteClient : ISitePeer, IDisposable
{
    // Where an answer is read as it comes, no limit of the client counts for the words of a refusal.
    private const int MaxRefusalBytes = 64 << 10;

    // A window that begins with 64 KiB takes a round trip for each time that it doubles: too long for parts of 8 MiB.
    private const int StreamWindowBytes = 2 << 20;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    // A waiting request notices a peer that was cut off without a notice.
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(20);

    private readonly string _address;
    private readonly BlobHash _pinned;
    private readonly TimeSpan _timeout;
    private readonly HttpClient _http;
    private volatile string? _shown;
    private long _answers;

    /// <param name="address">Its address, HOST:PORT.</param>
    /// <param name="pinned">The key that it must show.</param>
    /// <param name="mayReach">Checks the resolved address; null for an address that an operator of this server gave.</param>
    /// <param name="traffic">Counts the traffic; null for no count.</param>
    /// <param name="timeout">The longest wait for a connection; null for the default.</param>
    /// <param name="life">The run of this site's records, which each request carries; null for none.</param>
    public SiteClient(
        string address, BlobHash pinned, SiteKey own, Func<IPAddress, bool>? mayReach = null, PeerTraffic? traffic = null,
        TimeSpan? timeout = null, SiteLife? life = null)
    {
        (_address, _pinned, _timeout, Root) = (address, pinned, timeout ?? ConnectTimeout, new Uri("https://" + address));
        SocketsHttpHandler handler = Connecting(async (context, ct) => await GuardedConnection.OpenAsync(
            context.DnsEndPoint, Dns.GetHostAddressesAsync, mayReach ?? (static _ => true), DialBounds.Refusal, ct), traffic, _timeout);
        handler.SslOptions = SiteTls.Client(own, (_, certificate, _, _) => Check(certificate));
        _http = Client(handler, Root, life);
    }

    /// <summary>Makes a client that uses connections opened by the other site. Keys were proved there, so they carry only HTTP/2.</summary>
    public SiteClient(string name, BlobHash key, ReverseConnections reverse, PeerTraffic? traffic = null, SiteLife? life = null)
    {
        (_address, _pinned, _timeout, Root) = (name, key, ConnectTimeout, new Uri("http://site.invalid"));
        _http = Client(Connecting((_, ct) => reverse.TakeAsync(key, ct), traffic, _timeout), Root, life);
    }

    /// <summary>Its address, HOST:PORT; the name of a site that cannot be dialled.</summary>
    public string Address => _address;

    /// <summary>With what the address of a request to it begins.</summary>
    public Uri Root { get; }

    public BlobHash Key => _pinned;

    /// <summary>The number of answers, including refusals. While it does not change, the site has sent nothing.</summary>
    public long Answers => Interlocked.Read(ref _answers);

    public void Dispose() => _http.Dispose();

    public Task<Result<TAnswer>> CallAsync<TRequest, TAnswer>(
        PeerCall<TRequest, TAnswer> call, TRequest request, CancellationToken ct) => RequestAsync<TRequest, TAnswer>(
        call.Path, request, call.Request, HttpCompletionOption.ResponseContentRead,
        async answer =>
        {
            using (answer)
            {
                return await answer.Content.ReadFromJsonAsync(call.Answer, ct) is { } read ? read : NotUnderstood("null");
            }
        },
        ct);

    /// <summary>Opens an answer that can be long; the caller reads it and disposes it.</summary>
    public Task<Result<HttpResponseMessage>> OpenAsync<TRequest>(
        PeerStream<TRequest> call, TRequest request, CancellationToken ct) => RequestAsync<TRequest, HttpResponseMessage>(
        call.Path, request, call.Request, HttpCompletionOption.ResponseHeadersRead,
        static answer => Task.FromResult<Result<HttpResponseMessage>>(answer), ct);

    /// <summary>Sends a request as it is; its answer is read as it comes, whatever it says.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken ct)
    {
        HttpResponseMessage answer = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, ct);
        Interlocked.Increment(ref _answers);
        return answer;
    }

    public async Task<HutchError> ReadRefusalAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        await answer.Content.LoadIntoBufferAsync(MaxRefusalBytes, ct);
        return Read(await answer.Content.ReadFromJsonAsync(SiteJson.Default.Refusal, ct));
    }

    private async Task<Result<T>> RequestAsync<TRequest, T>(
        string path, TRequest request, JsonTypeInfo<TRequest> requestType, HttpCompletionOption completion,
        Func<HttpResponseMessage, Task<Result<T>>> read, CancellationToken ct)
    {
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative))
            {
                Content = JsonContent.Create(request, requestType),
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            HttpResponseMessage answer = await _http.SendAsync(message, completion, ct);
            Interlocked.Increment(ref _answers);
            if (answer.IsSuccessStatusCode)
            {
                return await read(answer);
            }

            using (answer)
            {
                return await ReadRefusalAsync(answer, ct);
            }
        }
        catch (HttpRequestException) when (_shown is { } shown)
        {
            return (ErrorCode.Unprocessable with
            {
                Advice = "If the zone was set up anew, ask its administrator for a new token. Otherwise an attacker may be "
                    + "intercepting the connection.",
            }).With($"The server at {_address} has the key {shown}, not {SiteKeyText.Format(_pinned)}. Nothing was sent to it.");
        }
        catch (HttpRequestException e)
        {
            return ErrorCode.Unavailable.With($"Cannot reach {_address}: {(e.InnerException?.Message ?? e.Message).TrimEnd('.')}.");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // This side has not cancelled: no connection came about in time.
            return ErrorCode.Unavailable.With($"Cannot reach {_address}: no connection came about within {_timeout.TotalSeconds:0.#} s.");
        }
        catch (JsonException e)
        {
            return NotUnderstood(e.Message);
        }
    }

    private HutchError NotUnderstood(string why) => ErrorCode.Unavailable.With($"{_address} does not answer as a site does: {why}");

    private HutchError Read(Refusal? refusal) => refusal is not null
        ? ((ErrorCode.All.FirstOrDefault(code => code.Name == refusal.Code) ?? ErrorCode.Unavailable) with
        {
            Advice = refusal.Advice,
        }).With(refusal.Message)
        : NotUnderstood("it refuses without saying why");

    private static SocketsHttpHandler Connecting(
        Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect,
        PeerTraffic? traffic, TimeSpan timeout) => new()
        {
            PlaintextStreamFilter = traffic is null ? null : (context, _) =>
                ValueTask.FromResult<Stream>(new CountedStream(context.PlaintextStream, traffic)),
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            EnableMultipleHttp2Connections = true,
            InitialHttp2StreamWindowSize = StreamWindowBytes,
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingTimeout = PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            ConnectTimeout = timeout,
            ConnectCallback = connect,
        };

    private static HttpClient Client(SocketsHttpHandler handler, Uri root, SiteLife? life)
    {
        var client = new HttpClient(life is null ? handler : new LifeHeader(handler, life))
        {
            BaseAddress = root,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            MaxResponseContentBufferSize = SiteProtocol.MaxAnswerBytes,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.Add(SiteProtocol.ProtocolHeader, SiteProtocol.Number.ToString(CultureInfo.InvariantCulture));
        client.DefaultRequestHeaders.Add(SiteProtocol.ReleaseHeader, SiteProtocol.Release);
        return client;
    }

    private bool Check(X509Certificate? certificate)
    {
        BlobHash? shown = SiteTls.KeyOf(certificate);
        _shown = shown is { } key && key != _pinned ? SiteKeyText.Format(key) : null;
        return shown == _pinned;
    }
}
