using Hutch.Catalog.Members;
using Hutch.Site.Maintenance;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>
/// Condemns the extents that nothing names. Those that were to end by themselves are deleted at once: nobody counts on them after that.
/// </summary>
internal sealed class DeadExtents(MemberView view, LivingKeys living, Sentence sentence)
{
    private const int AtOnce = 500;
    private const int Tries = 10;

    /// <summary>Whether nothing may be kept for a while.</summary>
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
            // Known before it is asked what lives: what is appended meanwhile is looked at again.
            long known = view.Applied.Number;
            List<KnownExtent> dead = page.FindAll(extent => !living.Contains(RowNotes.KeyOf(extent.Key)));
            if (dead.Count == 0)
            {
                return report;
            }

            await reached(CollectionStep.Moved);
            HashSet<ulong> fingerprints = [.. dead.Select(static extent => RowNotes.KeyOf(extent.Key).Fingerprint)];
            if (await sentence.TryAsync([.. dead.Select(static extent => extent.ObjectName)], isDueAtOnce, known, IsAgainst, ct))
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
