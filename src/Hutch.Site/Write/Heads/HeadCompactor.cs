using Hutch.Site.Platform.Locks;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Heads;

/// <summary>
/// Compacts heads: merges the overlay of a head into a new tree, and so makes a snapshot. Writers continue during this time: changes after
/// the compaction began stay in the overlay.
/// </summary>
public sealed class HeadCompactor(
    Committer committer, SiteDatabase records, Tree tree, OperationTracker operations, ResultFiles results, CompactionOptions options,
    TimeProvider time)
{
    private const int MaxAttempts = 20;
    private const int RowsAtOnce = 20_000;

    private readonly KeyedLock<DatasetId> _turns = new();

    /// <summary>
    /// Compacts a head. Returns the newest snapshot: the old one when there were no changes and the request does not require a new one;
    /// null when the dataset is empty and has none. It includes everything that was acknowledged before the call.
    /// </summary>
    public async Task<Result<SiteSnapshot?>> CompactAsync(DatasetId id, CompactionRequest request, CancellationToken ct)
    {
        Result<Compacted> compacted = await CompactLockedAsync(id, request, null, ct);
        if (compacted.IsOk && compacted.Value.Wait > TimeSpan.Zero)
        {
            await Task.Delay(compacted.Value.Wait, time, ct);
            compacted = await CompactLockedAsync(id, request, compacted.Value.Snapshot, ct);
        }

        return compacted.Then<SiteSnapshot?>(done => done.Snapshot);
    }

    private async Task<Result<Compacted>> CompactLockedAsync(
        DatasetId id, CompactionRequest request, SiteSnapshot? waitedSince, CancellationToken ct)
    {
        using IDisposable lockHandle = await _turns.EnterAsync(id, ct);
        using IDisposable operation = operations.Begin();
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            Result<Compacted> compacted = await TryCompactAsync(id, request, waitedSince, ct);
            if (!compacted.IsOk || !compacted.Value.HeadMoved)
            {
                return compacted;
            }
        }

        return ErrorCode.Unavailable.With("The head changed too often while it was being folded. Nothing was changed. Try again.");
    }

    private async Task<Result<Compacted>> TryCompactAsync(
        DatasetId id, CompactionRequest request, SiteSnapshot? waitedSince, CancellationToken ct)
    {
        Result<HeadState> read = await records.ReadConsistentAsync(queries => ReadHead(queries, id), ct);
        if (!read.IsOk)
        {
            return read.Error;
        }

        HeadState head = read.Value;
        Result<ResultChanges> prepared = await results.PrepareAsync(head.Dataset, ct);
        if (!prepared.IsOk)
        {
            return prepared.Error;
        }

        using ResultChanges produced = prepared.Value;
        if (head.Changes.Count == 0 && produced.Changes.Count == 0 && !request.IsForced)
        {
            return new Compacted(false, head.Newest);
        }

        if (request.IsForReader && head.Newest is { } newest)
        {
            // A snapshot that was made while this request waited has everything that was there when it came.
            TimeSpan wait = waitedSince is null ? TimeUntilNext(newest) : TimeSpan.Zero;
            if (wait > TimeSpan.Zero || newest.Number > waitedSince?.Number)
            {
                return new Compacted(false, newest) { Wait = wait };
            }
        }

        Result<MadeTree> made = await PageStore.ReplaceAsync(
            committer, tree, head.Dataset.Root, [.. head.Changes, .. produced.Changes], ct);
        if (!made.IsOk)
        {
            return made.Error;
        }

        return await committer.CommitAsync(
            context => Decide(context, head, made.Value, request, produced), produced.Members, ct, mayUseReserve: true);
    }

    /// <summary>Returns at most the time in the option, whatever the clock does.</summary>
    private TimeSpan TimeUntilNext(SiteSnapshot newest)
    {
        var gap = TimeSpan.FromSeconds(options.ReaderSeconds);
        TimeSpan left = DateTimeOffset.FromUnixTimeMilliseconds(newest.Time) + gap - time.GetUtcNow();
        return left < gap ? left : gap;
    }

    private static Result<HeadState> ReadHead(SiteQueries queries, DatasetId id)
    {
        if (queries.Dataset(id) is not { } dataset)
        {
            return ErrorCode.NotFound.With($"There is no dataset {id} at this site.");
        }

        Result<SiteDataset> present = DatasetState.RequirePresent(dataset);
        if (!present.IsOk)
        {
            return present.Error;
        }

        var changes = new List<TreeChange>();
        long through = 0;
        string from = "";
        while (true)
        {
            IReadOnlyList<OverlayRow> rows = queries.OverlayRange(dataset.Key, from, RowsAtOnce);
            foreach (OverlayRow row in rows.Where(row => row.Entry is not { IsPending: true }))
            {
                changes.Add(new TreeChange(row.Path, row.Entry));
                through = Math.Max(through, row.Sequence);
            }

            if (rows.Count < RowsAtOnce)
            {
                break;
            }

            // The next text after this path in byte order.
            from = rows[^1].Path.Value + "\0";
        }

        SiteSnapshot? newest = dataset.Snapshot is long number ? queries.Snapshot(dataset.Key, number) : null;
        return new HeadState(dataset, changes, through, newest);
    }

    private static Result<Compacted> Decide(
        CommitContext context, HeadState head, MadeTree made, CompactionRequest request, ResultChanges produced)
    {
        if (!context.Dataset(head.Dataset.Id).Then(DatasetState.RequirePresent).TryGet(out SiteDataset? now, out HutchError? refusal))
        {
            return refusal;
        }

        if (now.Root.Page != head.Dataset.Root.Page || now.LastNumber != head.Dataset.LastNumber)
        {
            return new Compacted(true, null);
        }

        if (now.Closed is not null)
        {
            return new Compacted(false, head.Newest);
        }

        produced.Emit(context);
        var taken = new JournalRecord.SnapshotTaken(
            now.Id, now.LastNumber + 1, TreeReference.From(made.Root), now.Snapshot, head.Through, request.Reason, request.By,
            request.Message, made.ReplacedBytes + made.PageBytes);
        context.Emit(taken);
        QuotaThinning.Thin(context, now);
        return new Compacted(false, context.Queries.Snapshot(now.Key, taken.Number));
    }

    private sealed record HeadState(SiteDataset Dataset, IReadOnlyList<TreeChange> Changes, long Through, SiteSnapshot? Newest);

    private sealed record Compacted(bool HeadMoved, SiteSnapshot? Snapshot)
    {
        /// <summary>More than zero when nothing was compacted, as it is too early for a reader.</summary>
        public TimeSpan Wait { get; init; }
    }
}

public sealed record CompactionRequest(SnapshotReason Reason, string By, string? Message)
{
    /// <summary>An automatic compaction: makes no snapshot when nothing has changed.</summary>
    public static CompactionRequest Automatic { get; } = new(SnapshotReason.Automatic, "hutch", null);

    /// <summary>
    /// True if the caller may not make snapshots: then there is at most one in <see cref="CompactionOptions.ReaderSeconds"/>, and all such
    /// callers wait for it.
    /// </summary>
    public bool IsForReader { get; init; }

    /// <summary>True if a snapshot is wanted even when nothing has changed since the last one.</summary>
    public bool IsForced => Reason is SnapshotReason.Manual or SnapshotReason.Close;
}
