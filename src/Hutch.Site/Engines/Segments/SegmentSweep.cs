using Hutch.Site.Life.Maintenance;
using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

/// <summary>Moves live members out of mostly dead segments, and removes these.</summary>
/// <param name="left">The number of segments that cannot be removed, though they may contain purged bytes.</param>
/// <param name="purged">Datasets whose bytes must all go.</param>
/// <param name="offline">The segments in nearline storage; null where there are none.</param>
/// <param name="mergedBytes">The length to which small segments are merged; 0 for no merge.</param>
internal sealed class SegmentSweep(
    SegmentStore segments,
    EngineSite site,
    LiveMarks marks,
    IReadOnlyList<SegmentInfo> candidates,
    int left,
    IReadOnlyList<SiteDataset> purged,
    long mergedBytes,
    IOfflineSegments? offline) : ISweep
{
    private readonly MemberMover _mover = new(segments, site.Committer, site.Blobs.Pool, site.Blobs.Work);
    private readonly HashSet<long> _merged = SmallSegments.Choose(candidates, mergedBytes);

    // The collector lets one begin at a time, and no other server has the folder open.
    public bool IsCurrent => true;

    public bool Mark(MemberKey key) => marks.Mark(key);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public async Task<CollectionReport> SweepAsync(Func<CollectionStep, Task> reached, CancellationToken ct)
    {
        var report = new CollectionReport(candidates.Count, 0, 0, 0, 0, purged.Count > 0 ? left : 0);
        HashSet<long> damaged = [.. segments.Quarantined.Select(member => member.Segment), .. segments.IncompleteSegments];
        long purgedFrom = purged.Count > 0 ? purged.Min(dataset => dataset.Key) : long.MaxValue;
        List<SegmentUsage> counted = await CountAsync(ct);
        if (purged.Count > 0 && offline is not null)
        {
            // A purge is done only when they are rewritten. They come back together.
            IEnumerable<SegmentUsage> wanted = counted.Where(census => IsPurged(census) && census.LivingBytes > 0);
            await offline.BringAsync(wanted.Select(static census => census.Segment.Number).ToHashSet(), ct);
        }

        foreach (SegmentUsage census in counted)
        {
            ct.ThrowIfCancellationRequested();
            bool isPurge = IsPurged(census);
            if (!isPurge && census.LivingBytes > 0 && offline?.IsOffline(census.Segment.Number) == true)
            {
                continue;
            }

            if (isPurge || (IsWorthIt(census) && !damaged.Contains(census.Segment.Number)))
            {
                report = await RewriteAsync(census.Segment, isPurge, report, reached, ct);
            }
        }

        return report;

        bool IsPurged(SegmentUsage census) =>
            purged.Count > 0 && (census.DeadBytes > 0 || census.Segment.LastSequence >= purgedFrom);
    }

    /// <summary>Sorts the segments with the least to move first: on a full disk they make room for the others.</summary>
    private async Task<List<SegmentUsage>> CountAsync(CancellationToken ct)
    {
        var counted = new List<SegmentUsage>(candidates.Count);
        foreach (SegmentInfo segment in candidates)
        {
            long living = 0;
            long dead = 0;
            await foreach (MemberInfo member in segments.EnumerateMembersAsync(segment.Number, ct))
            {
                if (member.Key.Kind != MemberKind.Journal)
                {
                    bool lives = Lives(member);
                    living += lives ? member.Location.Length : 0;

                    // An empty member counts too: a purge must rewrite the segment that has its name.
                    dead += lives ? 0 : Math.Max(1, member.Location.Length);
                }
            }

            counted.Add(new SegmentUsage(segment, living, dead));
        }

        return [.. counted.OrderBy(census => census.LivingBytes).ThenBy(census => census.Segment.Number)];
    }

    private bool Lives(MemberInfo member) => marks.IsMarked(member.Location) || site.Barrier.Contains(member.Key);

    private bool IsWorthIt(SegmentUsage census) => _merged.Contains(census.Segment.Number) ||
        census.LivingBytes * 100 < census.Segment.UsedBytes * site.Options.Collector.MinLivingPercent;

    private async Task<CollectionReport> RewriteAsync(
        SegmentInfo segment, bool isPurge, CollectionReport report, Func<CollectionStep, Task> reached, CancellationToken ct)
    {
        try
        {
            int noted = site.Barrier.Count;
            List<MemberInfo> living = await LivingAsync(segment, ct);
            long bytes = await _mover.MoveAsync(segment.Lane, living, isPurge, ct);
            await reached(CollectionStep.Moved);
            await RetireAsync(segment, living, noted, ct);
            return report with
            {
                Retired = report.Retired + 1,
                MovedBytes = report.MovedBytes + bytes,
                FreedBytes = report.FreedBytes + segment.UsedBytes - bytes,
            };
        }
        catch (QuarantinedException)
        {
            // Damage found just now. It waits for its repair, so the segment stays.
            return report with { LeftSegments = report.LeftSegments + 1 };
        }
    }

    private async Task<List<MemberInfo>> LivingAsync(SegmentInfo segment, CancellationToken ct)
    {
        var living = new List<MemberInfo>();
        await foreach (MemberInfo member in segments.EnumerateMembersAsync(segment.Number, ct))
        {
            if (member.Key.Kind != MemberKind.Journal && Lives(member))
            {
                living.Add(member);
            }
        }

        return living;
    }

    /// <summary>
    /// Removes a segment. The journal records the removal first, so that no rebuild ever starts from before the segment's records. The last
    /// check of touched members, and the removal, happen while no commit runs.
    /// </summary>
    private async Task RetireAsync(SegmentInfo segment, List<MemberInfo> moved, int noted, CancellationToken ct)
    {
        (await site.Committer.CommitAsync<Done>(
            context =>
            {
                context.Emit(new JournalRecord.SegmentRetired(segment.Number, segment.LastSequence));
                return Done.Value;
            },
            [],
            ct,
            mayUseReserve: true)).Require();
        var movedKeys = moved.Select(member => member.Key).ToHashSet();
        await site.Committer.RunExclusiveAsync(
            async token =>
            {
                await _mover.MoveLateAsync(segment, site.Barrier.Since(noted).Where(key => !movedKeys.Contains(key)), token);
                await segments.RetireAsync(segment.Number, token);
            },
            ct);
    }
}

/// <summary>The part of a segment that is still referenced, without its journals.</summary>
internal sealed record SegmentUsage(SegmentInfo Segment, long LivingBytes, long DeadBytes);
