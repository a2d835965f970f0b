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
internal sealed class HomePeers(SiteKey own, SiteRegistry registry, TimeProvider time) : IDisposable
{
    private readonly Dictionary<string, (SitePeer Peer, SiteClient Client)> _clients = new(StringComparer.Ordinal);

    /// <summary>The home of a dataset; a refusal in words when it cannot be dialled.</summary>
    /// <param name="name">The dataset.</param>
    /// <param name="reader">For whom this site reads; null for its copies.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<IHomePeer>> FindAsync(NameRecord name, Reader? reader, CancellationToken ct)
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

        lock (_clients)
        {
            if (!_clients.TryGetValue(peer.Id, out (SitePeer Peer, SiteClient Client) known) || known.Peer != peer)
            {
                known.Client?.Dispose();
                known = (peer, new SiteClient(address, peer.Key, own));
                _clients[peer.Id] = known;
            }

            return new HomeClient(known.Client, time, reader);
        }
    }

    public void Dispose()
    {
        lock (_clients)
        {
            foreach ((_, SiteClient client) in _clients.Values)
            {
                client.Dispose();
            }

            _clients.Clear();
        }
    }
}
