using Hutch.Catalog.Search;
using Hutch.Catalog.Site;
using Hutch.Catalog.Sqlite;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Committing;
using Hutch.Site.Fairness;
using Hutch.Storage;
using Hutch.Storage.Payloads;
using Hutch.Storage.Segments;

namespace Hutch.Site.Maintenance;

/// <summary>
/// Frees the space of what nothing names any more: marks what lives, moves the living out of mostly dead segments, and removes
/// these. Writers and readers go on meanwhile.
/// </summary>
/// <remarks>
/// Why nothing living is lost: only segments that were sealed when the collection began are looked at. What lives is marked at two
/// moments, and between them whoever began before the first is waited for (<see cref="OperationTracker"/>): what such a one has read
/// as living and names later is seen at the second moment, and what a later one reads as living was seen at the first or has been
/// added since. Whoever adds, or finds stored already, is noted (<see cref="TouchedMembers"/>). The last look at the notes, and the
/// removal, happen while no commit does. A checkpoint taken first replaces the journals in the removed segments.
/// </remarks>
public sealed class GarbageCollector(
    SegmentStore segments,
    SiteDatabase records,
    SearchDatabase words,
    Committer committer,
    Checkpointer checkpointer,
    Tree tree,
    PayloadPool pool,
    WorkShares work,
    OperationTracker operations,
    TouchedMembers touched,
    CollectorOptions options,
    TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly MemberMover _mover = new(segments, committer, pool, work);
    private readonly PurgeEnd _purgeEnd = new(words, records, committer);

    /// <summary>Told how far a collection is, and waited for: so that a test can do at each step what must not be lost.</summary>
    internal Func<CollectionStep, Task> Reached { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Collects.</summary>
    /// <param name="ct">Cancels between two steps; what was done stays done.</param>
    public Task<CollectionReport> CollectAsync(CancellationToken ct) => CollectAsync([], ct);

    /// <summary>
    /// Rewrites every segment that can hold something of a purged dataset, or of another whose purge is not complete: blobs and pages,
    /// and the journal from its first record on. When nothing is left, the purge is complete and a record says so.
    /// </summary>
    public async Task<CollectionReport> CollectPurgedAsync(SiteDataset purged, CancellationToken ct)
    {
        IReadOnlyList<SiteDataset> pending = await records.ReadAsync(queries => queries.PendingPurges(), ct);
        return await CollectAsync([.. pending.Where(other => other.Id != purged.Id), purged], ct);
    }

    /// <summary>
    /// Waits for a running collection, then lets none begin until the result is disposed: no segment is removed meanwhile.
    /// </summary>
    public async Task<IDisposable> PauseAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        return new Pause(_turn);
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<CollectionReport> CollectAsync(IReadOnlyList<SiteDataset> purged, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            touched.Begin();
            CollectionReport report = await CollectAloneAsync(purged, ct);
            return purged.Count > 0 && report.LeftSegments == 0 && !await _purgeEnd.TryFinishAsync(purged, ct)
                ? report with { LeftSegments = 1 }
                : report;
        }
        finally
        {
            touched.End();
            _turn.Release();
        }
    }

    private async Task<CollectionReport> CollectAloneAsync(IReadOnlyList<SiteDataset> purged, CancellationToken ct)
    {
        await DropOverLanesAsync(ct);
        if (purged.Count > 0)
        {
            // What still comes in for a purged dataset, in vain, shall lie in the segments that are sealed next.
            await operations.WaitForRunningAsync(ct);
        }

        HashSet<Lane> purgedLanes = [.. purged.Select(DatasetLane.Of).Where(lane => lane.IsTransient)];
        await segments.SealAsync(ct);
        List<SegmentInfo> all = [.. segments.Segments.Where(segment =>
            segment.State != SegmentState.Open && (!segment.Lane.IsTransient || purgedLanes.Contains(segment.Lane)))];
        long covered = (await checkpointer.TakeAsync(ct)).Value;
        List<SegmentInfo> candidates =
            [.. all.Where(segment => segment is { State: SegmentState.Sealed, CanRetire: true } && segment.LastSequence <= covered)];
        LiveMarks marks = await MarksAsync(candidates, ct);
        int forgotten = await MarkAsync(marks, ct);
        var report = new CollectionReport(candidates.Count, 0, 0, 0, forgotten, purged.Count > 0 ? all.Count - candidates.Count : 0);
        HashSet<long> damaged = [.. segments.Quarantined.Select(member => member.Segment)];
        long purgedFrom = purged.Count > 0 ? purged.Min(dataset => dataset.Key) : long.MaxValue;
        foreach (SegmentCensus census in await CountAsync(candidates, marks, ct))
        {
            ct.ThrowIfCancellationRequested();
            bool isPurge = purged.Count > 0 && (census.DeadBytes > 0 || census.Segment.LastSequence >= purgedFrom);
            if (isPurge || (IsWorthIt(census) && !damaged.Contains(census.Segment.Number)))
            {
                report = await RewriteAsync(census.Segment, marks, isPurge, report, ct);
            }
        }

        return report;
    }

    private async Task<LiveMarks> MarksAsync(List<SegmentInfo> candidates, CancellationToken ct)
    {
        var marks = new LiveMarks(segments, candidates);
        foreach (SegmentInfo segment in candidates.Where(segment => segment.Lane.IsTransient))
        {
            await marks.AddTransientAsync(segment, ct);
        }

        return marks;
    }

    /// <summary>Those with the least to move first: on a full disk they make room for the others.</summary>
    private async Task<List<SegmentCensus>> CountAsync(List<SegmentInfo> candidates, LiveMarks marks, CancellationToken ct)
    {
        var counted = new List<SegmentCensus>(candidates.Count);
        foreach (SegmentInfo segment in candidates)
        {
            long living = 0;
            long dead = 0;
            await foreach (MemberInfo member in segments.EnumerateMembersAsync(segment.Number, ct))
            {
                if (member.Key.Kind != MemberKind.Journal)
                {
                    bool lives = marks.IsMarked(member.Location) || touched.Contains(member.Key);
                    living += lives ? member.Location.Length : 0;
                    dead += lives ? 0 : Math.Max(1, member.Location.Length);
                }
            }

            counted.Add(new SegmentCensus(segment, living, dead));
        }

        return [.. counted.OrderBy(census => census.LivingBytes).ThenBy(census => census.Segment.Number)];
    }

    private bool IsWorthIt(SegmentCensus census) => census.LivingBytes * 100 < census.Segment.UsedBytes * options.MinLivingPercent;

    private async Task<CollectionReport> RewriteAsync(
        SegmentInfo segment, LiveMarks marks, bool isPurge, CollectionReport report, CancellationToken ct)
    {
        try
        {
            int noted = touched.Count;
            List<MemberInfo> living = await LivingAsync(segment, marks, ct);
            long bytes = await _mover.MoveAsync(segment.Lane, living, isPurge, ct);
            await Reached(CollectionStep.Moved);
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
            // Found just now. What is damaged is not thrown away by the way: the segment stays as it is.
            return report with { LeftSegments = report.LeftSegments + 1 };
        }
    }

    /// <summary>Transient lanes whose day is over go as a whole, after the records have forgotten the large blobs in them.</summary>
    private async Task DropOverLanesAsync(CancellationToken ct)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        List<Lane> over = [.. segments.TransientLanes.Where(lane => DatasetLane.EndOf(lane) <= now)];
        if (over.Count == 0)
        {
            return;
        }

        (await committer.CommitAsync<Done>(
            context =>
            {
                foreach (BlobHash hash in context.Queries.ExpiredBlobs(now))
                {
                    context.Emit(new JournalRecord.BlobForgotten(hash));
                }

                return Done.Value;
            },
            [],
            ct,
            mayUseReserve: true)).Require();
        foreach (Lane lane in over)
        {
            await committer.RunAloneAsync(token => segments.DropLaneAsync(lane, token), ct);
        }
    }

    /// <summary>
    /// Marks what lives at one moment, waits for who began before it, and marks what lives then. Forgets the large blobs that live at
    /// neither.
    /// </summary>
    private async Task<int> MarkAsync(LiveMarks marks, CancellationToken ct)
    {
        var marker = new Marker(tree, marks);
        await MarkMomentAsync(marker, ct);
        await Reached(CollectionStep.FirstMoment);
        await operations.WaitForRunningAsync(ct);
        await Reached(CollectionStep.Waited);
        List<BlobHash> dead = await MarkMomentAsync(marker, ct);
        await Reached(CollectionStep.SecondMoment);
        foreach (BlobHash[] some in dead.Chunk(1000))
        {
            // Not forgotten but collected would be the worst: the next upload of the same bytes would be taken for stored already.
            (await committer.CommitAsync<Done>(context => Forget(context, some), [], ct, mayUseReserve: true)).Require();
        }

        return dead.Count;
    }

    private async Task<List<BlobHash>> MarkMomentAsync(Marker marker, CancellationToken ct)
    {
        using SqliteLease lease = await records.RentSnapshotAsync(ct);
        var queries = new SiteQueries(lease.Session);
        IReadOnlySet<BlobHash> living = await marker.MarkAsync(queries, ct);
        return [.. queries.LargeBlobHashes().Where(hash => !living.Contains(hash))];
    }

    /// <summary>Forgets large blobs, unless somebody has come to rely on one since the marks were made.</summary>
    private Result<Done> Forget(CommitContext context, IReadOnlyList<BlobHash> dead)
    {
        foreach (BlobHash hash in dead)
        {
            if (!touched.Contains(MemberKey.Blob(hash)))
            {
                context.Emit(new JournalRecord.BlobForgotten(hash));
            }
        }

        return Done.Value;
    }

    private async Task<List<MemberInfo>> LivingAsync(SegmentInfo segment, LiveMarks marks, CancellationToken ct)
    {
        var living = new List<MemberInfo>();
        await foreach (MemberInfo member in segments.EnumerateMembersAsync(segment.Number, ct))
        {
            if (member.Key.Kind != MemberKind.Journal && (marks.IsMarked(member.Location) || touched.Contains(member.Key)))
            {
                living.Add(member);
            }
        }

        return living;
    }

    /// <summary>
    /// The journal says first that the segment goes, so that no rebuild ever starts from before its records; then it goes.
    /// </summary>
    private async Task RetireAsync(SegmentInfo segment, List<MemberInfo> moved, int noted, CancellationToken ct)
    {
        (await committer.CommitAsync<Done>(
            context =>
            {
                context.Emit(new JournalRecord.SegmentRetired(segment.Number, segment.LastSequence));
                return Done.Value;
            },
            [],
            ct,
            mayUseReserve: true)).Require();
        var movedKeys = moved.Select(member => member.Key).ToHashSet();
        await committer.RunAloneAsync(
            async token =>
            {
                await _mover.MoveLateAsync(segment, touched.Since(noted).Where(key => !movedKeys.Contains(key)), token);
                await segments.RetireAsync(segment.Number, token);
            },
            ct);
    }

    private sealed class Pause(SemaphoreSlim turn) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                turn.Release();
            }
        }
    }
}
