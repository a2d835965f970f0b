using System.Net;
using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Sites;

namespace Hutch.Federation.Copies;

/// <summary>
/// The homes of datasets as this site reaches them: each is dialled where the zone says, and must prove the key that the zone says. Bytes
/// come over connections of their own, so that they hold up no news of the zone.
/// </summary>
/// <param name="own">The key of this site.</param>
/// <param name="registry">Knows the sites.</param>
/// <param name="door">Where this server is reached by sites; null for nowhere.</param>
/// <param name="time">The clock.</param>
internal sealed class HomePeers(SiteKey own, SiteRegistry registry, string? door, TimeProvider time) : IDisposable
{
    private readonly Dictionary<string, SiteClient> _clients = new(StringComparer.Ordinal);

    /// <summary>The home of a dataset; a refusal in words when it cannot be dialled.</summary>
    /// <param name="name">The dataset.</param>
    /// <param name="reader">For whom this site reads; null for its copies.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<IHomePeer>> FindAsync(NameRecord name, Reader? reader, CancellationToken ct) =>
        (await FindClientAsync(name, ct)).Then<IHomePeer>(client => new HomeClient(client, time, reader));

    /// <summary>The connection to the home of a dataset; a refusal in words when it cannot be dialled.</summary>
    public async Task<Result<SiteClient>> FindClientAsync(NameRecord name, CancellationToken ct)
    {
        SitePeer? found = await registry.FindPeerAsync(name.Home.SiteId, ct);
        if (found is not { Address: { } address } peer)
        {
            return found is null
                ? ErrorCode.Unavailable.With($"The home of {name.FullName} is a site that does not belong to the zone any more.")
                : ErrorCode.Unavailable.With(
                    $"{found.Name} is the home of {name.FullName}, and has no address at which other sites could dial it: its operator "
                    + "sets 'sites.listen' there.");
        }

        return ClientOf(peer.Id, address, peer.Key, MayReach(address));
    }

    /// <summary>A site that may hold a copy; a refusal in words when it cannot be dialled.</summary>
    public async Task<Result<IHolderPeer>> FindHolderAsync(string siteId, CancellationToken ct) =>
        await registry.FindPeerAsync(siteId, ct) is not { } peer
            ? ErrorCode.Gone.With("The site does not belong to the zone any more.")
        : peer.Address is not { } address
            ? ErrorCode.Unavailable.With(
                $"{peer.Name} has no address at which other sites could dial it: its operator sets 'sites.listen'.")
        : new HomeClient(ClientOf(peer.Id, address, peer.Key, MayReach(address)), time);

    /// <summary>
    /// The client of a site. One whose address or key has changed is left to those who use it: it ends with its last connection, a minute
    /// after the last use.
    /// </summary>
    internal SiteClient ClientOf(string siteId, string address, BlobHash key, Func<IPAddress, bool>? mayReach)
    {
        lock (_clients)
        {
            if (!_clients.TryGetValue(siteId, out SiteClient? known) || known.Address != address || known.Key != key)
            {
                known = new SiteClient(address, key, own, mayReach);
                _clients[siteId] = known;
            }

            return known;
        }
    }

    /// <summary>The zone's address is the operator's own word.</summary>
    private Func<IPAddress, bool>? MayReach(string address)
    {
        string? zone = registry.Zone?.Address;
        return address == zone ? null : found => DialBounds.MayReach(zone ?? door, found, Dns.GetHostAddresses);
    }

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
