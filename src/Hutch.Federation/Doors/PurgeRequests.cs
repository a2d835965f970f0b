using Hutch.Federation.Keys;
using Hutch.Federation.Wire;
using Hutch.Zone.Replication.Purges;

namespace Hutch.Federation.Doors;

internal sealed class PurgeRequests(SiteRegistry registry, PurgeRegistry purges)
{
    public void AddTo(SiteRoutes routes) => routes.Add(PeerCalls.ReportPurge, RecordAsync);

    /// <summary>Notes that nothing is left at a site, when it has signed that.</summary>
    public async Task<Result<DoneAnswer>> RecordAsync(BlobHash key, PurgeUpdate purge, CancellationToken ct)
    {
        if (!(await SiteRequests.FindSenderAsync(registry, key, ct)).TryGet(out SitePeer? site, out HutchError? refusal))
        {
            return refusal;
        }

        bool isSigned = await purges.FindAsync(purge.Dataset, ct) is { Order: var order }
            && new PurgedStatement(registry.ZoneId, purge.Dataset, order.At, site.Id).IsSigned(site.Key, purge.Proof);
        return isSigned
            ? (await purges.ReportAsync(site.Id, purge.Dataset, purge.Proof, ct)).Then<DoneAnswer>(static _ => new DoneAnswer())
            : ErrorCode.Unprocessable.With($"{site.Name} has not signed that nothing of a purge of dataset {purge.Dataset} is left there.");
    }
}
