using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Engines;
using Hutch.Site.Maintenance;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>Begins collections of a site that several servers share (decision 0164).</summary>
/// <param name="log">The log.</param>
/// <param name="view">Where members are.</param>
/// <param name="packs">Reads packs.</param>
/// <param name="site">The site.</param>
internal sealed class ObjectCollector(ICollectionLog log, MemberView view, PackFetch packs, EngineSite site) : ISweeper
{
    public async Task<ISweep> BeginAsync(IReadOnlyList<SiteDataset> purged, CancellationToken ct)
    {
        if (purged.Count > 0)
        {
            throw ErrorCode.Unavailable.With(
                "Purging is not possible yet for a site whose log is in PostgreSQL. Nothing was changed.").ToException();
        }

        var sweep = new ObjectCollection(await log.TakeAsync(ct), view, packs, site);
        try
        {
            // In a decision: whatever was appended before it is in the records, and whatever is appended after it is heard.
            _ = (await site.Committer.CommitAsync(_ => sweep.Listen(), [], ct, mayUseReserve: true)).Value;

            // It stands in for the records in the packs that go. And it is a record: who has seen it appends after what is heard.
            sweep.Cover((await site.Checkpointer.TakeAsync(ct)).Value);
            return sweep;
        }
        catch
        {
            await sweep.DisposeAsync();
            throw;
        }
    }

    public async Task WaitForOperationsAsync(CancellationToken ct)
    {
        await log.WaitForOperationsAsync(ct);
        _ = (await site.Committer.CatchUpAsync(ct)).Value;
    }
}
