using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Reverse;
using Hutch.Federation.Traffic;
using Hutch.Messaging.Callbacks;

namespace Hutch.Federation.Doors;

/// <summary>
/// Keeps connections from a server that cannot be dialled to every site that can, so that those sites send their requests on them.
/// </summary>
internal sealed class ReverseDialer(
    SitesOptions options, SiteRegistry sites, SiteKeyStore keys, SiteDispatch dispatch, SiteTraffic traffic,
    IMemoryPoolFactory<byte> memory, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>Waiting connections to each site: one is used while the next is opened.</summary>
    private const int Spare = 2;

    private const int MaxToOne = 16;

    // Firewalls drop connections that are silent for long, without a notice.
    private static readonly TimeSpan RenewAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<SitePeer, Line> _lines = [];

    /// <summary>Works until it is cancelled. Begins when this server has joined a zone.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await sites.WaitJoinedAsync(ct);
        SiteKey own = await keys.GetAsync(ct);
        var door = new ReverseDoor(options, dispatch, memory, loggers);
        await door.StartAsync(ct);
        try
        {
            while (true)
            {
                if (await TryFindPeersAsync(ct) is { } peers)
                {
                    await ConnectOnlyAsync(peers, own, door);
                }

                await Task.Delay(LookEvery, time, ct);
            }
        }
        finally
        {
            await ConnectOnlyAsync([], own, door);
            await door.StopAsync(CancellationToken.None);
        }
    }

    /// <summary>Returns null while shared records are away: connections then stay as they are, since other sites use them.</summary>
    private async Task<HashSet<SitePeer>?> TryFindPeersAsync(CancellationToken ct)
    {
        try
        {
            return await PeersAsync(ct);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Unavailable)
        {
            return null;
        }
    }

    /// <summary>The sites that may have to ask this one, and can be dialled.</summary>
    private async Task<HashSet<SitePeer>> PeersAsync(CancellationToken ct)
    {
        HashSet<SitePeer> peers = [SitePeer.From(sites.Zone!)];
        foreach (SiteRecord site in (await sites.StateAsync(ct)).Sites)
        {
            if (site is { Address: not null, RemovedAt: null } && site.Id != sites.OwnId)
            {
                peers.Add(SitePeer.From(site));
            }
        }

        return peers;
    }

    private async Task ConnectOnlyAsync(HashSet<SitePeer> peers, SiteKey own, ReverseDoor door)
    {
        foreach ((SitePeer peer, Line line) in _lines.Where(line => !peers.Contains(line.Key)).ToList())
        {
            _lines.Remove(peer);
            await line.DisposeAsync();
        }

        foreach (Line line in _lines.Values)
        {
            await line.ThrowIfFailedAsync();
        }

        foreach (SitePeer peer in peers.Where(peer => !_lines.ContainsKey(peer)))
        {
            _lines.Add(peer, new Line((places, ct) => OfferAsync(peer, own, door, places, ct)));
        }
    }

    /// <summary>Opens one connection after the other: the next, when that one is used or has become old.</summary>
    private async Task OfferAsync(SitePeer peer, SiteKey own, ReverseDoor door, SemaphoreSlim places, CancellationToken ct)
    {
        while (true)
        {
            await places.WaitAsync(ct);
            ReverseConnection? connection = await DialAsync(peer, own, () => places.Release(), ct);
            if (connection is null)
            {
                places.Release();
            }

            if (connection is null || !await KeepOpenAsync(connection, door, ct))
            {
                await Task.Delay(RetryAfter, time, ct);
            }
        }
    }

    /// <summary>Holds a connection until it is used or has become old; false when the other site ends it, as it would the next.</summary>
    private async Task<bool> KeepOpenAsync(ReverseConnection connection, ReverseDoor door, CancellationToken ct)
    {
        using var old = new CancellationTokenSource(RenewAfter, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, old.Token);
        bool isOld = false;
        try
        {
            if (await connection.AwaitUseAsync(either.Token))
            {
                door.Answer(connection);
                return true;
            }
        }
        catch (OperationCanceledException)
        {
            isOld = true;
        }

        await connection.DisposeAsync();
        return isOld;
    }

    /// <summary>Dials a site; null when it cannot be dialled now. The beats report the reason.</summary>
    private async Task<ReverseConnection?> DialAsync(SitePeer peer, SiteKey own, Action ended, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(DialTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            var uri = new Uri("https://" + peer.Address);
            var endPoint = new DnsEndPoint(uri.IdnHost, uri.Port);
            NetworkStream tcp = await GuardedConnection.OpenAsync(
                endPoint, Dns.GetHostAddressesAsync, DialBounds.For(sites.Zone?.Address, options.Door, peer.Address!) ?? (static _ => true),
                DialBounds.Refusal, either.Token);
            return new ReverseConnection(
                tcp.Socket, await SecureAsync(tcp, peer, own, either.Token), peer.Key, endPoint, ended, traffic.GetOrAdd(peer.Key));
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return null;
        }
    }

    private static async Task<SslStream> SecureAsync(NetworkStream tcp, SitePeer peer, SiteKey own, CancellationToken ct)
    {
        var tls = new SslStream(tcp);
        SslClientAuthenticationOptions handshake = SiteTls.Client(own, (_, certificate, _, _) => SiteTls.KeyOf(certificate) == peer.Key);
        handshake.ApplicationProtocols = [new SslApplicationProtocol(ReverseConnections.Protocol)];
        try
        {
            await tls.AuthenticateAsClientAsync(handshake, ct);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private sealed class Line : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task[] _offers;

        public Line(Func<SemaphoreSlim, CancellationToken, Task> offer)
        {
            // Not disposed: what still answers gives its place back later.
            var places = new SemaphoreSlim(MaxToOne);
            _offers = [.. Enumerable.Range(0, Spare).Select(_ => offer(places, _stop.Token))];
        }

        public Task ThrowIfFailedAsync() => _offers.FirstOrDefault(static offer => offer.IsFaulted) ?? Task.CompletedTask;

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Task.WhenAll(_offers).ContinueWith(static _ => { }, TaskScheduler.Default);
            _stop.Dispose();
        }
    }
}
