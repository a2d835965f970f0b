using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Heads;

/// <summary>
/// Replaces the tree of a head by one made from it, in one change and without reading file bytes. The overlay is compacted first, so that
/// changes outside any snapshot are not lost. The result is a new snapshot, and all older ones stay.
/// </summary>
/// <remarks>Thread-safe. The caller has checked the rights.</remarks>
public sealed class HeadEditor(Committer committer, HeadReader heads, HeadCompactor compactor, OperationTracker operations)
{
    private const int MaxAttempts = 20;
    private const int PortionChanges = 65_536;

    /// <param name="ct">Cancels, until the swap is on its way to the disk.</param>
    internal async Task<Result<SiteSnapshot>> EditAsync(DatasetId id, HeadEdit edit, string by, CancellationToken ct)
    {
        using IDisposable operation = operations.Begin();
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            Result<SiteSnapshot?> edited = await TryEditAsync(id, edit, by, ct);
            if (!edited.IsOk)
            {
                return edited.Error;
            }

            if (edited.Value is { } snapshot)
            {
                return snapshot;
            }
        }

        return ErrorCode.Unavailable.With($"The head changed too often while it was being {edit.Doing}. Nothing was changed. Try again.");
    }

    /// <summary>Applies any number of changes to a tree in portions; its new pages are stored, and still unreferenced.</summary>
    internal async Task<Result<MadeTree>> ApplyAsync(MadeTree made, IAsyncEnumerable<TreeChange> changes, CancellationToken ct)
    {
        var portion = new List<TreeChange>();
        await foreach (TreeChange change in changes.WithCancellation(ct))
        {
            portion.Add(change);
            if (portion.Count == PortionChanges)
            {
                Result<MadeTree> part = await ApplyAsync(made, portion, ct);
                if (!part.IsOk)
                {
                    return part;
                }

                (made, portion) = (part.Value, []);
            }
        }

        return await ApplyAsync(made, portion, ct);
    }

    internal async Task<bool> HasAsync(TreeRoot root, DatasetPath path, CancellationToken ct) =>
        await heads.Tree.FindAsync(root, path, ct) is not null || !(await heads.Tree.FindDirectoryAsync(root, path, ct)).IsEmpty;

    private async Task<Result<MadeTree>> ApplyAsync(MadeTree made, List<TreeChange> changes, CancellationToken ct) =>
        changes.Count == 0
            ? made
            : (await PageStore.ReplaceAsync(committer, heads.Tree, made.Root, changes, ct)).Then<MadeTree>(next => next.After(made));

    /// <summary>Returns null if the head moved during the edit.</summary>
    private async Task<Result<SiteSnapshot?>> TryEditAsync(DatasetId id, HeadEdit edit, string by, CancellationToken ct)
    {
        // Refuses forbidden changes before the compaction writes anything.
        Result<SiteDataset> writable = (await heads.DatasetAsync(id, ct)).Then(DatasetState.RequireWritable);
        Result<SiteSnapshot?> folded = writable.IsOk ? await compactor.CompactAsync(id, CompactionRequest.Automatic, ct) : writable.Error;
        if (!folded.IsOk)
        {
            return folded.Error;
        }

        if (!(await heads.DatasetAsync(id, ct)).TryGet(out SiteDataset? head, out HutchError? refusal))
        {
            return refusal;
        }

        if (!(await edit.MakeAsync(new MadeTree(head.Root), ct)).TryGet(out MadeTree made, out refusal))
        {
            return refusal;
        }

        long replaced = await ReplacedAsync(head.Root, made.Root, ct) + made.PageBytes;
        return await committer.CommitAsync(context => Decide(context, head, made.Root, replaced, edit, by), [], ct);
    }

    /// <summary>
    /// Sums up what the snapshot before keeps and the new one lacks. What the new one has instead comes from other paths or versions, where
    /// it counts already: a move replaces nothing.
    /// </summary>
    private async Task<long> ReplacedAsync(TreeRoot before, TreeRoot after, CancellationToken ct)
    {
        long bytes = 0;
        await foreach (TreeDifference difference in heads.DiffAsync(before, after, ct))
        {
            if (difference.Before?.Hash != difference.After?.Hash)
            {
                bytes += (difference.Before?.Size ?? 0) - (difference.After?.Size ?? 0);
            }
        }

        return Math.Max(0, bytes);
    }

    private static Result<SiteSnapshot?> Decide(
        CommitContext context, SiteDataset head, TreeRoot root, long replacedBytes, HeadEdit edit, string by)
    {
        if (!context.OwnDataset(head.Id).TryGet(out SiteDataset? now, out HutchError? refusal))
        {
            return refusal;
        }

        if (now.Root.Page != head.Root.Page || now.LastNumber != head.LastNumber || context.Queries.HasOverlay(now.Key))
        {
            return (SiteSnapshot?)null;
        }

        if (edit.FindRefusal?.Invoke(context, now) is { } refused)
        {
            return refused;
        }

        var taken = new JournalRecord.SnapshotTaken(
            now.Id, now.LastNumber + 1, TreeReference.From(root), now.Snapshot, context.Sequence, SnapshotReason.Push, by, edit.Message,
            replacedBytes);
        context.Emit(taken);
        return context.Queries.Snapshot(now.Key, taken.Number);
    }
}

/// <param name="Doing">The verb for errors, as in "while it was being moved".</param>
internal sealed record HeadEdit(string Doing, string Message, Func<MadeTree, CancellationToken, Task<Result<MadeTree>>> MakeAsync)
{
    /// <summary>Returns the refusal if a further condition fails in the commit; null otherwise.</summary>
    public Func<CommitContext, SiteDataset, HutchError?>? FindRefusal { get; init; }
}
