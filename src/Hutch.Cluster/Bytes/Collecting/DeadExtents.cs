namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>
/// Condemns the unreferenced extents. Those of expiring lanes are deleted at once, because nothing relies on them after their expiry.
/// </summary>
internal sealed class DeadExtents(MemberView view, LiveKeys living, Condemnation condemnation)
{
    private const int AtOnce = 500;
    private const int Tries = 10;

    /// <summary>True if condemned extents are deleted at once, for a purge.</summary>
    public bool IsPurge { get; set; }

    public async Task<CollectionReport> CondemnAsync(CollectionReport report, Func<CollectionStep, Task> reached, CancellationToken ct)
    {
        long last = 0;
        while (view.Read(queries => queries.AnnouncedAfter(last, AtOnce)) is { Count: > 0 } page)
        {
            last = page[^1].Number;
            foreach (IGrouping<bool, KnownExtent> some in page.GroupBy(extent => IsPurge || extent.IsTransient))
            {
                report = await CondemnAsync([.. some], isDueAtOnce: some.Key, report, reached, ct);
            }
        }

        return report;
    }

    private async Task<CollectionReport> CondemnAsync(
        List<KnownExtent> page, bool isDueAtOnce, CollectionReport report, Func<CollectionStep, Task> reached, CancellationToken ct)
    {
        for (int i = 0; i < Tries; i++)
        {
            // Read before the check for living extents: rows that are appended during the check are checked again.
            long known = view.Applied.Number;
            List<KnownExtent> dead = page.FindAll(extent => !living.Contains(MemberIndexUpdater.KeyOf(extent.Key)));
            if (dead.Count == 0)
            {
                return report;
            }

            await reached(CollectionStep.Moved);
            HashSet<ulong> fingerprints = [.. dead.Select(static extent => MemberIndexUpdater.KeyOf(extent.Key).Fingerprint)];
            if (await condemnation.TryAsync([.. dead.Select(static extent => extent.ObjectName)], isDueAtOnce, known, IsAgainst, ct))
            {
                return report with
                {
                    FreedBytes = report.FreedBytes + dead.Sum(static extent => (long)extent.Length),
                };
            }

            bool IsAgainst(LogDirectory row) => row.ReliedUpon.Any(fingerprints.Contains);
        }

        return report with { LeftSegments = report.LeftSegments + 1 };
    }
}
