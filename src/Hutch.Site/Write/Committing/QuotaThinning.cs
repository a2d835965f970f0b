namespace Hutch.Site.Write.Committing;

/// <summary>Thins out automatic snapshots where they exceed a quota. They never cause a refusal, so they must give way.</summary>
internal static class QuotaThinning
{
    /// <summary>
    /// Drops the automatic snapshots of a dataset, oldest first, as far as the versions of its owner's datasets exceed the quota: part of
    /// the commit of a new one, so that what is replaced again and again does not fill the disk.
    /// </summary>
    public static void Thin(CommitContext context, SiteDataset dataset)
    {
        if (dataset.Copy is not null || context.Queries.Quota(dataset.Owner) is not { Bytes: not null } quota
            || !Exceeds(context.Queries, quota))
        {
            return;
        }

        foreach (SiteSnapshot snapshot in Droppable(context.Queries, dataset, context.Now + 1).OrderBy(static one => one.Number).ToList())
        {
            context.Emit(new JournalRecord.SnapshotDropped(dataset.Id, snapshot.Number));
            if (!Exceeds(context.Queries, quota))
            {
                return;
            }
        }
    }

    /// <summary>Returns true if the heads, metadata and all versions of an owner's datasets have more bytes than the quota.</summary>
    public static bool Exceeds(SiteQueries queries, OwnerQuota quota) => quota.Bytes is long limit
        && queries.UsageOf(quota.Owner).Bytes + queries.OldBytesOf(quota.Owner) - queries.KeptBytesOf(quota.Owner) > limit;

    /// <summary>Returns the automatic snapshots that no run, tag or derived dataset names, without the newest.</summary>
    public static IEnumerable<SiteSnapshot> Droppable(SiteQueries queries, SiteDataset dataset, long before)
    {
        long? newest = queries.Dataset(dataset.Id)?.Snapshot;
        IReadOnlySet<long> cited = queries.CitedSnapshots(dataset.Id);
        return queries.AutomaticSnapshots(dataset.Key, before)
            .Where(snapshot => snapshot.Number != newest && !cited.Contains(snapshot.Number));
    }
}
