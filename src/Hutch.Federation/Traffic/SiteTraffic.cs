namespace Hutch.Federation.Traffic;

/// <summary>The traffic of this server with each other site, by its key, since the start. Thread-safe.</summary>
internal sealed class SiteTraffic(TimeProvider time)
{
    public const int MaxPeers = 1000;

    private readonly ConcurrentDictionary<BlobHash, PeerTraffic> _peers = new();

    /// <summary>Returns the count of a site. The caller has checked that the key is a site's, as every key is remembered.</summary>
    public PeerTraffic GetOrAdd(BlobHash key) =>
        _peers.TryGetValue(key, out PeerTraffic? known) ? known
        : _peers.Count >= MaxPeers ? new PeerTraffic(time)
        : _peers.GetOrAdd(key, _ => new PeerTraffic(time));

    /// <summary>Returns the traffic with the sites that still belong to the zone.</summary>
    public async ValueTask<IReadOnlyList<TrafficLine>> ReadAsync(SiteRegistry sites, CancellationToken ct)
    {
        var lines = new List<TrafficLine>();
        foreach ((BlobHash key, PeerTraffic traffic) in _peers)
        {
            if (await sites.FindPeerAsync(key, ct) is { } peer)
            {
                (double inNow, double outNow, long inDay, long outDay) = traffic.Read();
                lines.Add(new TrafficLine(peer.Id, inNow, outNow, inDay, outDay));
            }
        }

        return lines;
    }
}
