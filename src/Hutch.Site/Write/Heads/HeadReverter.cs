using System.Runtime.CompilerServices;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Heads;

/// <summary>Reverts a head to a snapshot: all of it, or some paths. The result is a new snapshot; all older ones stay.</summary>
public sealed class HeadReverter(HeadEditor editor, HeadReader heads, OperationTracker operations)
{
    /// <summary>Reverts a head. The overlay is compacted first, so that changes outside any snapshot are not lost.</summary>
    /// <param name="paths">The files and directories; none for all.</param>
    /// <param name="message">The message of the new snapshot; null for a sentence about the old one.</param>
    /// <param name="ct">Cancels, until the swap is on its way to the disk.</param>
    public async Task<Result<SiteSnapshot>> RevertAsync(
        DatasetId id, SnapshotRef at, IReadOnlyList<DatasetPath> paths, string by, string? message, CancellationToken ct)
    {
        // During this operation, its pages and blobs are not collected.
        using IDisposable operation = operations.Begin();
        Result<SiteDataset> writable = (await heads.DatasetAsync(id, ct)).Then(DatasetState.RequireWritable);
        Result<TreeView> found = writable.IsOk ? await heads.ResolveAsync(id, at, ct) : writable.Error;
        if (!found.TryGet(out TreeView? target, out HutchError? refusal))
        {
            return refusal;
        }

        var edit = new HeadEdit(
            "reverted",
            message ?? $"Reverted to @{target.Number}",
            async (head, token) => paths.Count == 0 ? new MadeTree(target.Root) : await TakeOverAsync(head, target, paths, token))
        {
            FindRefusal = (context, now) => FindLoss(context, now, target.Snapshot!),
        };
        return await editor.EditAsync(id, edit, by, ct);
    }

    private async Task<Result<MadeTree>> TakeOverAsync(
        MadeTree head, TreeView target, IReadOnlyList<DatasetPath> paths, CancellationToken ct)
    {
        foreach (DatasetPath path in paths)
        {
            if (!await editor.HasAsync(target.Root, path, ct) && !await editor.HasAsync(head.Root, path, ct))
            {
                return ErrorCode.NotFound.With(
                    $"{Display.Quote(path.Value)} is neither in @{target.Snapshot!.Number} nor in the dataset as it is. "
                    + "Nothing was changed.");
            }
        }

        // Removals first: they make room.
        Result<MadeTree> cleared = await editor.ApplyAsync(head, ChangesAsync(head.Root, target.Root, paths, isRemoval: true, ct), ct);
        return cleared.IsOk
            ? await editor.ApplyAsync(cleared.Value, ChangesAsync(head.Root, target.Root, paths, isRemoval: false, ct), ct)
            : cleared;
    }

    private async IAsyncEnumerable<TreeChange> ChangesAsync(
        TreeRoot head, TreeRoot target, IReadOnlyList<DatasetPath> paths, bool isRemoval, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (TreeDifference difference in heads.DiffAsync(head, target, ct))
        {
            if (difference.After is null == isRemoval && paths.Any(path => difference.Path == path || difference.Path.IsUnder(path)))
            {
                yield return new TreeChange(difference.Path, difference.After);
            }
        }
    }

    /// <summary>
    /// Its blobs and pages are kept only while it exists: a snapshot that was thinned out in the meantime cannot be restored.
    /// </summary>
    private static HutchError? FindLoss(CommitContext context, SiteDataset now, SiteSnapshot target) =>
        context.Queries.Snapshot(now.Key, target.Number) is null
            ? ErrorCode.NotFound.With(
                $"Dataset '{now.Owner}/{now.Slug}' no longer has snapshot @{target.Number}: it was thinned out. "
                + "Nothing was changed.")
            : null;
}
