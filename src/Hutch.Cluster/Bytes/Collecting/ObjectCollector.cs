using Hutch.Model.Site;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>Begins collections of a site that several servers share (decisions 0164 and 0167).</summary>
internal sealed class ObjectCollector(ICollectionLog log, CollectedBucket bucket, EngineSite site) : ISweeper
{
    private readonly TemporaryLanes _temporary = new(bucket.View, site);

    public async Task<ISweep> BeginAsync(IReadOnlyList<SiteDataset> purged, CancellationToken ct)
    {
        DateTimeOffset began = bucket.Time.GetUtcNow();
        ICollectionLease lease = await log.AcquireAsync(ct);
        var sweep = new ObjectCollection(lease, bucket, site);
        try
        {
            // Expired data may still be in rows: the members of a lane are dropped with their packs.
            await bucket.PackAsync(ct);
            await _temporary.DropExpiredAsync(new Condemnation(lease, bucket.View, site), ct);
            if (purged.Count > 0)
            {
                sweep.LeaveNothing(await PackEverythingAsync(lease, purged, ct), began);
            }

            // In a decision: whatever was appended before it is in the records, and whatever is appended after it is heard.
            _ = (await site.Committer.CommitAsync(_ => sweep.Listen(), [], ct, mayUseReserve: true)).Value;

            // The checkpoint replaces the records in the dropped packs. It is also a record: a server that has seen it appends after the
            // listening began.
            sweep.Cover((await site.Checkpointer.WriteAsync(ct)).Value);
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

    public async Task WaitForCollectionAsync(CancellationToken ct)
    {
        // The holder of the lease replaces the previous collector: a commit of that one that still condemns or forgets is refused.
        await using (await log.AcquireAsync(ct))
        {
        }

        _ = (await site.Committer.CatchUpAsync(ct)).Value;
    }

    public async ValueTask<bool> IsSweptAsync(IReadOnlyList<SiteDataset> purged, CancellationToken ct)
    {
        long swept = await log.ReadSweptAsync(ct);
        return purged.All(dataset => dataset.Changed <= swept);
    }

    public Task<IReadOnlyList<string>> WipeServersAsync(CancellationToken ct) => log.WaitForCleanServersAsync(ct);

    /// <summary>
    /// Packs everything first. Purged data were in the log before this, so no pack that contains any has a row that the checkpoint lacks.
    /// </summary>
    private async Task<PurgeScope> PackEverythingAsync(ICollectionLease lease, IReadOnlyList<SiteDataset> purged, CancellationToken ct)
    {
        _ = (await site.Committer.CatchUpAsync(ct)).Value;
        long last = bucket.View.Applied.Number;
        await bucket.WaitForPackedAsync(lease, last, ct);
        return new PurgeScope(await lease.FindRowAsync(purged.Min(static dataset => dataset.Key), ct), last);
    }
}
