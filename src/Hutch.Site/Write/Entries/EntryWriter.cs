using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Write.Entries;

/// <summary>Puts and removes single entries of open datasets. Its answers are durable and visible.</summary>
/// <remarks>Thread-safe. The caller has checked the rights.</remarks>
public sealed class EntryWriter(Committer committer, HeadReader heads, HeadCompactor compactor)
{
    private const int MaxAttempts = 20;

    /// <summary>The refusal of several changes if the tree is not the one that was probed any more. Compared by reference.</summary>
    internal static readonly HutchError HeadMoved = ErrorCode.Unavailable.With("The head has moved.");

    /// <summary>The refusal of several changes if only a compaction shows whether a directory is empty. Compared by reference.</summary>
    internal static readonly HutchError Uncompacted = ErrorCode.Unavailable.With("The head must be compacted.");

    /// <param name="body">
    /// The bytes of a file, which the caller disposes afterwards. Null for a link, an empty directory, and a file whose bytes are stored
    /// already, in a lane that lasts at least as long as the dataset: <see cref="ErrorCode.Gone"/> when they were collected in the
    /// meantime. Only for bytes that the caller may read: knowing a hash gives no right to its bytes.
    /// </param>
    /// <returns>True when there was no entry before.</returns>
    public Task<Result<bool>> PutAsync(
        DatasetId id, DatasetPath path, Entry entry, ReceivedBlob? body, EntryCondition condition, CancellationToken ct) =>
        PutAsync(id, path, entry, body, condition, null, ct);

    public async Task<Result<Entry>> RemoveAsync(DatasetId id, DatasetPath path, EntryCondition condition, CancellationToken ct)
    {
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            Result<PathProbe> probe = await heads.ProbeAsync(id, path, ct);
            if (!probe.IsOk)
            {
                return probe.Error;
            }

            Result<Entry?> removed = await committer.CommitAsync(
                context => DecideRemove(context, context.OwnDataset(id), path, probe.Value, condition), [], ct, mayUseReserve: true);
            if (!removed.IsOk)
            {
                return removed.Error;
            }

            if (removed.Value is { } entry)
            {
                return entry;
            }
        }

        return TooBusy(path);
    }

    /// <summary>Does the same with a further condition and further records in the same commit: a refusal leaves no changes.</summary>
    internal async Task<Result<bool>> PutAsync(
        DatasetId id, DatasetPath path, Entry entry, ReceivedBlob? body,
        EntryCondition condition, ExtraRecords? companion, CancellationToken ct)
    {
        IReadOnlyList<StagedMember> members = body?.Members ?? [];
        bool isCounted = false;
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            Result<PathProbe> probe = await heads.ProbeAsync(id, path, ct);
            if (!probe.IsOk)
            {
                return probe.Error;
            }

            Result<PutOutcome> outcome = await committer.CommitAsync(
                context => companion?.Check(context) is { } refusal
                    ? refusal
                    : DecidePut(context, context.OwnDataset(id), path, entry, body, probe.Value, condition, companion),
                members,
                ct);
            if (!outcome.IsOk)
            {
                if (isCounted || outcome.Error.Details?.ContainsKey("quota") != true)
                {
                    return outcome.Error;
                }

                // The overlay is counted too high: compact it for an exact count, and check once more.
                isCounted = true;
                await compactor.CompactAsync(id, CompactionRequest.Automatic, ct);
                continue;
            }

            switch (outcome.Value)
            {
                case PutOutcome.Created or PutOutcome.Replaced:
                    body?.NoteStored();
                    return outcome.Value == PutOutcome.Created;
                case PutOutcome.NeedsCompaction: await compactor.CompactAsync(id, CompactionRequest.Automatic, ct); break;
                default: break;
            }
        }

        return TooBusy(path);
    }

    /// <summary>
    /// Makes several changes of an attempt in one commit. Returns the refusal of the first that cannot be made; null if all were.
    /// </summary>
    internal static HutchError? FindRefusalOfAll(CommitContext context, DatasetId id, IReadOnlyList<ProbedChange> changes)
    {
        Result<SiteDataset> dataset = context.WritableDataset(id);
        foreach ((TreeChange change, PathProbe probe) in changes)
        {
            if (change.Entry is not { } entry)
            {
                Result<Entry?> removed = DecideRemove(context, dataset, change.Path, probe, EntryCondition.None);
                if (!removed.IsOk && removed.Error.Code != ErrorCode.NotFound)
                {
                    return removed.Error;
                }

                if (removed is { IsOk: true, Value: null })
                {
                    return HeadMoved;
                }

                continue;
            }

            if (!DecidePut(context, dataset, change.Path, entry, null, probe, EntryCondition.None, null)
                .TryGet(out PutOutcome outcome, out HutchError? refusal))
            {
                return refusal;
            }

            if (outcome is PutOutcome.HeadMoved or PutOutcome.NeedsCompaction)
            {
                return outcome == PutOutcome.HeadMoved ? HeadMoved : Uncompacted;
            }
        }

        return null;
    }

    private static Result<PutOutcome> DecidePut(
        CommitContext context,
        Result<SiteDataset> writable,
        DatasetPath path,
        Entry entry,
        ReceivedBlob? body,
        PathProbe probe,
        EntryCondition condition,
        ExtraRecords? companion)
    {
        if (!writable.TryGet(out SiteDataset? dataset, out HutchError? refusal))
        {
            return refusal;
        }

        if (dataset.Root.Page != probe.Root)
        {
            return PutOutcome.HeadMoved;
        }

        Entry? current = Current(context.Queries, dataset.Key, path, probe.At);
        if (condition.Check(path, current) is { } failed)
        {
            return failed;
        }

        if (FindChangeOfKind(path, current, entry) is { } change)
        {
            return change;
        }

        if (probe.IsDirectory && context.Queries.OverlayTouches(dataset.Key, path))
        {
            // Only the whole overlay below the directory shows if it is empty: compact, so that the tree alone does.
            return PutOutcome.NeedsCompaction;
        }

        if (probe.IsDirectory || context.Queries.OverlayFills(dataset.Key, path))
        {
            return entry.Kind == EntryKind.EmptyDirectory
                ? PutOutcome.Replaced
                : ErrorCode.PathConflict.With($"'{path}' is a directory and cannot be a file too.");
        }

        Result<DatasetPath?> above = FindEmptyDirectoryAbove(context.Queries, dataset.Key, path, probe);
        if (!above.IsOk)
        {
            return above.Error;
        }

        if (body is null && entry.Kind == EntryKind.File && !context.RelyOn(entry.Hash))
        {
            return ErrorCode.Gone.With($"The bytes of '{path}' are no longer stored.");
        }

        if (DatasetLanes.IsPermanent(dataset, context.Now) && EndsByItself(context.Queries, entry, body))
        {
            return ErrorCode.Unavailable.With(
                $"The dataset is being kept, and '{path}' was on its way to data that expire. Nothing was changed. Send it again.");
        }

        if (body?.Assembled is { } assembled)
        {
            context.Emit(assembled);
        }

        if (above.Value is { } emptyDirectory)
        {
            context.Emit(new JournalRecord.EntryRemoved(dataset.Id, emptyDirectory));
        }

        if (!entry.Equals(current))
        {
            context.Emit(new JournalRecord.EntryPut(dataset.Id, path, entry), current);
        }

        companion?.Emit(context);
        return current is null ? PutOutcome.Created : PutOutcome.Replaced;
    }

    /// <summary>
    /// A file never replaces a directory, nor the reverse: in S3 they are two keys, <c>x</c> and <c>x/</c>, and a put of one never removes
    /// the other.
    /// </summary>
    private static HutchError? FindChangeOfKind(DatasetPath path, Entry? current, Entry entry) =>
        current is null || (current.Kind == EntryKind.EmptyDirectory) == (entry.Kind == EntryKind.EmptyDirectory) ? null
        : entry.Kind == EntryKind.EmptyDirectory
        ? ErrorCode.PathConflict.With($"'{path}' is a file or a link, so it cannot be a directory too. Remove it first.")
        : ErrorCode.PathConflict.With($"'{path}' is an empty directory, so it cannot be a file too. Remove it first.");

    /// <summary>Returns true if the bytes are in a lane that expires. They went there before the dataset was being kept.</summary>
    private static bool EndsByItself(SiteQueries queries, Entry entry, ReceivedBlob? body) => body is not null
        ? body.IsTransient
        : entry.Kind == EntryKind.File && queries.LargeBlob(entry.Hash) is { Expires: not null };

    private static Result<Entry?> DecideRemove(
        CommitContext context, Result<SiteDataset> writable, DatasetPath path, PathProbe probe, EntryCondition condition)
    {
        if (!writable.TryGet(out SiteDataset? dataset, out HutchError? refusal))
        {
            return refusal;
        }

        if (dataset.Root.Page != probe.Root)
        {
            return (Entry?)null;
        }

        Entry? current = Current(context.Queries, dataset.Key, path, probe.At);
        if (current is not null && condition.IsThere?.Invoke(current) == false)
        {
            current = null;
        }

        if (condition.Check(path, current) is { } failed)
        {
            return failed;
        }

        if (current is null)
        {
            return ErrorCode.NotFound.With($"There is nothing at '{path}'.");
        }

        context.Emit(new JournalRecord.EntryRemoved(dataset.Id, path), current);
        return current;
    }

    /// <summary>Finds an empty directory above a path, which gives way to the new entry. A file below a file is refused.</summary>
    private static Result<DatasetPath?> FindEmptyDirectoryAbove(SiteQueries queries, long dataset, DatasetPath path, PathProbe probe)
    {
        DatasetPath? empty = null;
        foreach (DatasetPath directory in path.Ancestors())
        {
            Entry? entry = Current(queries, dataset, directory, probe.Above.GetValueOrDefault(directory));
            if (entry?.Kind == EntryKind.EmptyDirectory)
            {
                empty = directory;
            }
            else if (entry is not null)
            {
                return ErrorCode.PathConflict.With($"'{directory}' is a file, so nothing can be stored below it as '{path}'.");
            }
        }

        return empty;
    }

    private static Entry? Current(SiteQueries queries, long dataset, DatasetPath path, Entry? inTree) =>
        queries.Overlay(dataset, path) is { } row ? row.Entry : inTree;

    private static HutchError TooBusy(DatasetPath path) =>
        ErrorCode.Unavailable.With($"The dataset changed too often while '{path}' was being written. Nothing was changed. Try again.");

    private enum PutOutcome
    {
        Created,
        Replaced,
        HeadMoved,
        NeedsCompaction,
    }
}

/// <summary>The additional parts of a put's commit.</summary>
/// <param name="Check">Returns the refusal if a further condition fails; null otherwise.</param>
internal sealed record ExtraRecords(Func<CommitContext, HutchError?> Check, Action<CommitContext> Emit);

/// <param name="Probe">The state of the tree at its path.</param>
internal readonly record struct ProbedChange(TreeChange Change, PathProbe Probe);
