using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Blobs;
using Hutch.Site.Committing;

namespace Hutch.Site.Heads;

/// <summary>Makes a head what it was in a snapshot: all of it, or some paths. The result is a new snapshot; all older ones stay.</summary>
public sealed class HeadReverter(Committer committer, HeadReader heads, HeadFolder folder, OperationTracker operations)
{
    private const int MaxAttempts = 20;
    private const int PortionChanges = 65_536;

    /// <summary>Reverts a head. What lies over it is folded first, so that nothing is lost that no snapshot has.</summary>
    /// <param name="id">The dataset.</param>
    /// <param name="at">The snapshot.</param>
    /// <param name="paths">The files and directories; none for all.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="message">What is said of the new snapshot; null for a sentence about the old one.</param>
    /// <param name="ct">Cancels, until the swap is on its way to the disk.</param>
    public async Task<Result<SiteSnapshot>> RevertAsync(
        DatasetId id, SnapshotRef at, IReadOnlyList<DatasetPath> paths, string by, string? message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(paths);
        using IDisposable operation = operations.Begin();
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            Result<SiteSnapshot?> reverted = await TryRevertAsync(id, at, paths, by, message, ct);
            if (!reverted.IsOk)
            {
                return reverted.Error;
            }

            if (reverted.Value is { } snapshot)
            {
                return snapshot;
            }
        }

        return ErrorCode.Unavailable.With("The head changed too often while it was being reverted. Nothing was changed. Try again.");
    }

    /// <summary>Null when the head moved meanwhile.</summary>
    private async Task<Result<SiteSnapshot?>> TryRevertAsync(
        DatasetId id, SnapshotRef at, IReadOnlyList<DatasetPath> paths, string by, string? message, CancellationToken ct)
    {
        // A closed dataset, or a snapshot that is not there, is refused before the fold makes anything.
        Result<SiteDataset> writable = (await heads.DatasetAsync(id, ct)).Then(DatasetState.RequireWritable);
        if (!writable.IsOk)
        {
            return writable.Error;
        }

        Result<TreeView> found = await heads.ResolveAsync(id, at, ct);
        if (!found.TryGet(out TreeView? target, out HutchError? refusal))
        {
            return refusal;
        }

        Result<SiteSnapshot?> folded = await folder.FoldAsync(id, FoldRequest.Automatic, ct);
        if (!folded.IsOk)
        {
            return folded.Error;
        }

        Result<SiteDataset> read = await heads.DatasetAsync(id, ct);
        if (!read.TryGet(out SiteDataset? head, out refusal))
        {
            return refusal;
        }

        Result<TreeRoot> root = paths.Count == 0 ? target.Root : await TakeOverAsync(head.Root, target, paths, ct);
        return root.IsOk
            ? await committer.CommitAsync(context => Decide(context, head, target.Snapshot!, root.Value, by, message), [], ct)
            : root.Error;
    }

    /// <summary>The head's tree with some paths as they are in another one; its new pages are stored, and nothing names them yet.</summary>
    private async Task<Result<TreeRoot>> TakeOverAsync(
        TreeRoot head, TreeView target, IReadOnlyList<DatasetPath> paths, CancellationToken ct)
    {
        foreach (DatasetPath path in paths)
        {
            if (!await HasAsync(target.Root, path, ct) && !await HasAsync(head, path, ct))
            {
                return ErrorCode.NotFound.With(
                    $"{Display.Quote(path.Value)} is neither in @{target.Snapshot!.Number} nor in the dataset as it is. "
                    + "Nothing was changed.");
            }
        }

        // Removals first: they make room.
        TreeRoot root = head;
        foreach (bool isRemoval in (bool[])[true, false])
        {
            var portion = new List<TreeChange>();
            await foreach (TreeDifference difference in heads.DiffAsync(head, target.Root, ct))
            {
                if (difference.After is null == isRemoval && paths.Any(path => difference.Path == path || difference.Path.IsUnder(path)))
                {
                    portion.Add(new TreeChange(difference.Path, difference.After));
                }

                if (portion.Count == PortionChanges)
                {
                    Result<TreeRoot> part = await ApplyAsync(root, portion, ct);
                    if (!part.IsOk)
                    {
                        return part;
                    }

                    (root, portion) = (part.Value, []);
                }
            }

            Result<TreeRoot> rest = await ApplyAsync(root, portion, ct);
            if (!rest.IsOk)
            {
                return rest;
            }

            root = rest.Value;
        }

        return root;
    }

    private async Task<Result<TreeRoot>> ApplyAsync(TreeRoot root, List<TreeChange> changes, CancellationToken ct) =>
        changes.Count == 0 ? root : await PageStore.ApplyAsync(committer, heads.Tree, root, changes, ct);

    private async Task<bool> HasAsync(TreeRoot root, DatasetPath path, CancellationToken ct)
    {
        if (await heads.Tree.FindAsync(root, path, ct) is not null)
        {
            return true;
        }

        await foreach (PathEntry _ in heads.Tree.EnumerateAsync(root, null, path.Value + "/", ct))
        {
            return true;
        }

        return false;
    }

    private static Result<SiteSnapshot?> Decide(
        CommitContext context, SiteDataset head, SiteSnapshot target, TreeRoot root, string by, string? message)
    {
        if (!context.WritableDataset(head.Id).TryGet(out SiteDataset? now, out HutchError? refusal))
        {
            return refusal;
        }

        if (now.Root.Page != head.Root.Page || now.LastNumber != head.LastNumber || context.Queries.HasOverlay(now.Key))
        {
            return (SiteSnapshot?)null;
        }

        // Its blobs and pages are kept for as long as it is: one that was thinned meanwhile may not come back.
        if (context.Queries.Snapshot(now.Key, target.Number) is null)
        {
            return ErrorCode.NotFound.With(
                $"Dataset '{now.Owner}/{now.Slug}' no longer has snapshot @{target.Number}: it was thinned meanwhile. "
                + "Nothing was changed.");
        }

        var taken = new JournalRecord.SnapshotTaken(
            now.Id, now.LastNumber + 1, TreeReference.Of(root), now.Snapshot, context.Sequence, SnapshotReason.Push, by,
            message ?? $"Reverted to @{target.Number}");
        context.Emit(taken);
        return context.Queries.Snapshot(now.Key, taken.Number);
    }
}
