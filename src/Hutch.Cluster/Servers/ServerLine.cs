using System.Collections.Concurrent;
using System.Net;
using Hutch.Site.Platform.Servers;

namespace Hutch.Cluster.Servers;

/// <summary>Asks other servers over HTTP, without retries and redirects. Only complete answers with a proof of identity count.</summary>
internal sealed partial class ServerLine(ServerTickets tickets, CallOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly ConcurrentDictionary<Guid, Peer> _peers = new();

    /// <summary>Sends a request; returns the number of bytes of the answer.</summary>
    /// <exception cref="HutchException">The server refuses, or its answer is invalid.</exception>
    public async Task<int> RequestAsync(SiteServer server, ServerQuery question, Memory<byte> answer, CancellationToken ct)
    {
        Peer peer = PeerOf(server);
        if (peer.Trouble is { } trouble && time.GetElapsedTime(peer.TroubleAt) < options.RestAfterFailure)
        {
            throw trouble.ToException();
        }

        using var limit = new CancellationTokenSource(options.AnswerWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            (HttpStatusCode status, int length, byte[]? refusal) = await RequestAsync(peer, server, question, answer, either.Token);
            peer.Trouble = null;
            return status == HttpStatusCode.OK ? length : throw ServerRefusal.Read(refusal).ToException();
        }
        catch (Exception e) when (!ct.IsCancellationRequested && IsTrouble(e))
        {
            bool isLate = limit.IsCancellationRequested;
            HutchError error = ErrorCode.Unavailable.With(isLate
                ? $"The server '{server.Name}' did not answer within {options.AnswerWithin.TotalSeconds:0.#} s. Try again later."
                : $"The server '{server.Name}' cannot be reached from this one. Try again in a moment.");
            peer.Fail(isLate ? null : error, time.GetTimestamp());
            LogTrouble(logger, server.Name, server.Address!.Uri, e.GetBaseException().Message);
            throw new HutchException(error, e);
        }
    }

    public void Dispose()
    {
        foreach (Peer peer in _peers.Values)
        {
            peer.Http.Dispose();
        }
    }

    private async Task<(HttpStatusCode Status, int Length, byte[]? Refusal)> RequestAsync(
        Peer peer, SiteServer server, ServerQuery question, Memory<byte> answer, CancellationToken ct)
    {
        ServerTicket ticket = tickets.Issue(server, question);
        using var request = new HttpRequestMessage(new HttpMethod(question.Method), peer.Base + question.Text);
        request.Headers.TryAddWithoutValidation("Authorization", ticket.Header);
        using HttpResponseMessage response = await peer.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        bool isOk = response.StatusCode == HttpStatusCode.OK;
        Memory<byte> buffer = isOk ? answer : new byte[ServerRefusal.MaxBytes];
        await using Stream body = await response.Content.ReadAsStreamAsync(ct);
        int length = await FillAsync(body, buffer, ct);
        string? proof = response.Headers.TryGetValues(ServerTicket.ProofHeader, out IEnumerable<string>? values) ? values.First() : null;
        return ticket.IsProof(proof, (int)response.StatusCode, buffer.Span[..length])
            ? (response.StatusCode, length, isOk ? null : buffer[..length].ToArray())
            : throw new BadAnswerException(
                $"what answers there with {(int)response.StatusCode} does not prove that it is this server");
    }

    /// <summary>Reads an answer to its end, which must come before the memory is full.</summary>
    private static async Task<int> FillAsync(Stream body, Memory<byte> buffer, CancellationToken ct)
    {
        int length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return length < buffer.Length || await body.ReadAsync(new byte[1], ct) == 0
            ? length
            : throw new BadAnswerException("its answer is longer than what was asked for");
    }

    private static bool IsTrouble(Exception e) => e
        is BadAnswerException or OperationCanceledException || Transport.IsBroken(e) || (e is IOException && e.InnerException is not null);

    /// <summary>Returns the connection data of a server. One that has moved, or has another certificate, counts as another one.</summary>
    private Peer PeerOf(SiteServer server)
    {
        ServerAddress address = server.Address ?? throw ErrorCode.Unavailable.With(
            $"The server '{server.Name}' cannot be asked, as it has no address for other servers. Its operator sets 'server.address'.")
            .ToException();
        return _peers.AddOrUpdate(
            server.Id,
            _ => new Peer(address, options),
            (_, known) => known.Address == address ? known : new Peer(address, options));
    }

    [LoggerMessage(
        EventId = 7150, Level = LogLevel.Warning, Message = "The server {Name} could not be asked at {Address}: {Reason}")]
    private static partial void LogTrouble(ILogger logger, string name, Uri address, string reason);

    private sealed class Peer(ServerAddress address, CallOptions options)
    {
        public ServerAddress Address => address;

        public string Base { get; } = address.Uri.AbsoluteUri.TrimEnd('/') + ServerTicket.Path;

        /// <summary>Not disposed when the address changes: it ends automatically once no request is in progress.</summary>
        public HttpClient Http { get; } = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = options.ConnectWithin,
            MaxConnectionsPerServer = options.MaxConnections,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            SslOptions = new ServerTrust(null, address.Fingerprint) { Advice = "Nothing was asked." }.For(address.Uri),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };

        public HutchError? Trouble { get; set; }

        public long TroubleAt { get; private set; }

        public void Fail(HutchError? error, long at) => (Trouble, TroubleAt) = (error, at);
    }
}
