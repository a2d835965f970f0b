using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Reverse;
using Hutch.Federation.Traffic;
using Hutch.Federation.Wire;

namespace Hutch.Federation.Copies;

/// <summary>
/// The homes of datasets as this site reaches them: each is dialled where the zone says, and must prove the key that the zone says; one
/// that cannot be dialled opens connections to this site. Bytes come over connections of their own, so that they hold up no news of the
/// zone.
/// </summary>
internal sealed class HomePeers(SiteKey own, PeerConnections connections) : IDisposable
{
    private const string NoWay =
        "has no address at which other sites could dial it, and neither has this site: the operator of one of them sets 'sites.listen'.";

    private readonly Dictionary<string, SiteClient> _clients = new(StringComparer.Ordinal);

    /// <summary>The home of a dataset; a refusal in words when it cannot be reached.</summary>
    /// <param name="reader">For whom this site reads; null for its copies.</param>
    public async Task<Result<IHomePeer>> FindAsync(NameRecord name, Reader? reader, CancellationToken ct) =>
        (await FindClientAsync(name, ct)).Then<IHomePeer>(client => new HomeClient(client, connections.Time, reader));

    /// <summary>The connection to the home of a dataset; a refusal in words when it cannot be reached.</summary>
    public async Task<Result<SiteClient>> FindClientAsync(NameRecord name, CancellationToken ct)
    {
        if (connections.Life?.Refusal is { } second)
        {
            return second;
        }

        if (await connections.Registry.FindPeerAsync(name.Home.SiteId, ct) is not { } home)
        {
            return ErrorCode.Unavailable.With($"The home of {name.FullName} is a site that does not belong to the zone any more.");
        }

        if (IsReached(home))
        {
            return ClientOf(home);
        }

        return ErrorCode.Unavailable.With($"{home.Name} is the home of {name.FullName}, and {NoWay}");
    }

    /// <summary>Returns the connection to a site, or the reason why it cannot be reached.</summary>
    public async Task<Result<SiteClient>> FindClientAsync(string siteId, CancellationToken ct)
    {
        if (connections.Life?.Refusal is { } second)
        {
            return second;
        }

        if (await connections.Registry.FindPeerAsync(siteId, ct) is not { } peer)
        {
            return ErrorCode.Gone.With("The site does not belong to the zone any more.");
        }

        return IsReached(peer) ? ClientOf(peer) : ErrorCode.Unavailable.With($"{peer.Name} {NoWay}");
    }

    /// <summary>Finds a site that may hold a copy. A refusal gives the reason why it cannot be reached.</summary>
    /// <param name="reader">The user for whom this site reads; null for its copies and its evicted bytes.</param>
    public async Task<Result<IHolderPeer>> FindHolderAsync(string siteId, Reader? reader, CancellationToken ct) =>
        (await FindClientAsync(siteId, ct)).Then<IHolderPeer>(client => new HomeClient(client, connections.Time, reader));

    /// <summary>
    /// Returns the client of a site. A client with an outdated address or key stays with its users: it ends with its last connection, a
    /// minute after the last use.
    /// </summary>
    internal SiteClient ClientOf(SitePeer peer, Func<SiteClient> connect)
    {
        string target = peer.Address ?? peer.Name;
        lock (_clients)
        {
            if (!_clients.TryGetValue(peer.Id, out SiteClient? known) || known.Address != target || known.Key != peer.Key)
            {
                known = connect();
                _clients[peer.Id] = known;
            }

            return known;
        }
    }

    public SiteClient ClientOf(SitePeer peer) => ClientOf(peer, () => peer.Address is { } address
        ? new SiteClient(address, peer.Key, own, DialBounds.For(connections.Registry.Zone?.Address, connections.Door, address),
            connections.Traffic.GetOrAdd(peer.Key), life: connections.Life)
        : new SiteClient(peer.Name, peer.Key, connections.Reverse, connections.Traffic.GetOrAdd(peer.Key), connections.Life));

    private bool IsReached(SitePeer peer) => peer.Address is not null || connections.Door is not null;

    public void Dispose()
    {
        lock (_clients)
        {
            foreach (SiteClient client in _clients.Values)
            {
                client.Dispose();
            }

            _clients.Clear();
        }
    }
}

/// <param name="Door">The address of this server for other sites, HOST:PORT; null for none.</param>
/// <param name="Reverse">The connections of sites that cannot be dialled.</param>
internal sealed record PeerConnections(SiteRegistry Registry, string? Door, ReverseConnections Reverse, TimeProvider Time)
{
    public SiteTraffic Traffic { get; init; } = new(Time);

    /// <summary>The run of this site's records; null where requests carry none.</summary>
    public SiteLife? Life { get; init; }
}
