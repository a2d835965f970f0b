using System.Runtime.CompilerServices;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Heads;

/// <summary>Reads versions of datasets: finds, lists and walks the entries of a snapshot, or of a head with its overlay.</summary>
/// <remarks>Thread-safe. The caller has checked the rights.</remarks>
/// <param name="isOfOthers">
/// True for the records of other sites' datasets, read through. The rows in addition to their trees are then the files that their home has
/// not hashed; they never replace an entry with a hash.
/// </param>
public sealed class HeadReader(SiteDatabase records, Tree tree, HeadCache heads, bool isOfOthers = false)
{
    private static readonly Dictionary<DatasetPath, Entry> NothingAbove = [];

    public Tree Tree => tree;

    public async ValueTask<Result<SiteDataset>> DatasetAsync(DatasetId id, CancellationToken ct) =>
        await heads.DatasetAsync(id, ct) is { } dataset
            ? dataset
            : Unknown(id);

    /// <summary>Returns a number that grows with every change of a head: that of the last record that changed it.</summary>
    public ValueTask<long> ChangedAsync(DatasetId id, CancellationToken ct) => heads.ChangedAsync(id, ct);

    /// <summary>Returns the version that a reference names: the head for null.</summary>
    public async ValueTask<Result<TreeView>> ResolveAsync(DatasetId id, SnapshotRef? at, CancellationToken ct)
    {
        if (await heads.ViewAsync(id, ct) is not { } head)
        {
            return Unknown(id);
        }

        Result<SiteDataset> present = DatasetState.RequirePresent(head.Dataset);
        if (!present.IsOk)
        {
            return present.Error;
        }

        if (at is not { } named)
        {
            return head;
        }

        Result<SiteSnapshot> snapshot = await records.ReadConsistentAsync(queries => FindSnapshot(queries, head.Dataset, named), ct);
        return snapshot.Then<TreeView>(found => new TreeView(head.Dataset, found.Root, found));
    }

    public async ValueTask<Entry?> FindAsync(TreeView view, DatasetPath path, CancellationToken ct)
    {
        if (!view.IsHead)
        {
            return await tree.FindAsync(view.Root, path, ct);
        }

        (TreeRoot root, HeadChange change) = await heads.FindAsync(view.Dataset.Id, path, ct) ?? new HeadPath(view.Root, default);
        return change.IsChanged && !isOfOthers ? change.Entry : await tree.FindAsync(root, path, ct) ?? change.Entry;
    }

    public async ValueTask<Listing> ListAsync(TreeView view, ListQuery query, CancellationToken ct)
    {
        if (!view.IsHead)
        {
            return await tree.ListAsync(view.Root, query, ct);
        }

        while (true)
        {
            (bool hasOverlay, TreeRoot root) = await HeadNowAsync(view, ct);
            try
            {
                return hasOverlay
                    ? await OverlayListing.ListAsync(tree, root, Overlay(view, root), query, ct)
                    : await tree.ListAsync(root, query, ct);
            }
            catch (HeadMovedException)
            {
                // The head was compacted in the meantime: the new tree includes the overlay of the old one.
            }
        }
    }

    /// <summary>
    /// Enumerates the entries of a version below a prefix, in byte order of their paths. If the head changes during the walk, each path is
    /// as it was at some moment of the walk; unchanged paths are never left out.
    /// </summary>
    public IAsyncEnumerable<PathEntry> EnumerateAsync(TreeView view, string prefix, CancellationToken ct) =>
        view.IsHead ? EnumerateHeadAsync(view, prefix, ct) : tree.EnumerateAsync(view.Root, null, prefix, ct);

    /// <summary>
    /// Returns the size of a head with its overlay, and how many of its changes were looked up in the tree; null if these are more than
    /// <paramref name="maxRows"/>.
    /// </summary>
    public async ValueTask<(HeadSize Size, int Rows)?> MeasureAsync(SiteDataset dataset, int maxRows, CancellationToken ct)
    {
        (TreeRoot root, IReadOnlyList<OverlayRow> rows, (long Files, long Bytes) all) = await records.ReadConsistentAsync(
            queries =>
            {
                TreeRoot now = queries.DatasetByKey(dataset.Key)?.Root ?? dataset.Root;
                return (now, now.IsEmpty ? [] : queries.OverlayRange(dataset.Key, "", maxRows + 1),
                    now.IsEmpty ? queries.OverlaySize(dataset.Key) : default);
            },
            ct);
        if (root.IsEmpty)
        {
            return (new HeadSize(all.Files, all.Bytes), 0);
        }

        if (rows.Count > maxRows)
        {
            return null;
        }

        long files = root.Files;
        long bytes = root.Bytes;
        foreach (OverlayRow row in rows)
        {
            Entry? before = await tree.FindAsync(root, row.Path, ct);
            if (isOfOthers && before is not null)
            {
                continue;
            }

            files += (row.Entry is null ? 0 : 1) - (before is null ? 0 : 1);
            bytes += (row.Entry?.Size ?? 0) - (before?.Size ?? 0);
        }

        return (new HeadSize(files, bytes), rows.Count);
    }

    /// <summary>Returns the differences between two fixed versions, in byte order of the paths.</summary>
    public IAsyncEnumerable<TreeDifference> DiffAsync(TreeRoot from, TreeRoot to, CancellationToken ct) => tree.DiffAsync(from, to, ct);

    /// <summary>Looks a path and the directories above it up in the tree under the head.</summary>
    internal async ValueTask<Result<PathProbe>> ProbeAsync(DatasetId id, DatasetPath path, CancellationToken ct)
    {
        Result<SiteDataset> dataset = await DatasetAsync(id, ct);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        TreeRoot root = dataset.Value.Root;
        if (root.IsEmpty)
        {
            return new PathProbe(root.Page, null, false, NothingAbove);
        }

        var above = new Dictionary<DatasetPath, Entry>();
        foreach (DatasetPath directory in path.Ancestors())
        {
            if (await tree.FindAsync(root, directory, ct) is { } entry)
            {
                above.Add(directory, entry);
            }
        }

        Entry? at = await tree.FindAsync(root, path, ct);
        bool isDirectory = at is null && !(await tree.FindDirectoryAsync(root, path, ct)).IsEmpty;
        return new PathProbe(root.Page, at, isDirectory, above);
    }

    private async IAsyncEnumerable<PathEntry> EnumerateHeadAsync(
        TreeView view, string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        string? after = null;
        for (bool isDone = false; !isDone;)
        {
            (_, TreeRoot root) = await HeadNowAsync(view, ct);
            var overlay = Overlay(view, root);
            await using IAsyncEnumerator<PathEntry> entries = OverlayListing.EnumerateAsync(
                tree, root, overlay, after, prefix, ct).GetAsyncEnumerator(ct);
            while (await TryMoveNextAsync(entries) is { } moved)
            {
                isDone = !moved;
                if (isDone)
                {
                    break;
                }

                after = entries.Current.Path.Value;
                yield return entries.Current;
            }
        }
    }

    /// <summary>Returns null if the head was compacted in the meantime: continue in the new tree.</summary>
    private static async ValueTask<bool?> TryMoveNextAsync(IAsyncEnumerator<PathEntry> entries)
    {
        try
        {
            return await entries.MoveNextAsync();
        }
        catch (HeadMovedException)
        {
            return null;
        }
    }

    private OverlayRows Overlay(TreeView view, TreeRoot root) => new(records, view.Dataset.Key, root.Page, isOfOthers);

    private ValueTask<(bool HasOverlay, TreeRoot Root)> HeadNowAsync(TreeView view, CancellationToken ct) =>
        records.ReadConsistentAsync(queries => (queries.HasOverlay(view.Dataset.Key), RootNow(queries, view)), ct);

    private static HutchError Unknown(DatasetId id) => ErrorCode.NotFound.With($"There is no dataset {id} at this site.");

    private static TreeRoot RootNow(SiteQueries queries, TreeView view) => queries.DatasetByKey(view.Dataset.Key)?.Root ?? view.Root;

    internal static Result<SiteSnapshot> FindSnapshot(SiteQueries queries, SiteDataset dataset, SnapshotRef at)
    {
        IReadOnlyList<SiteSnapshot> found = at.Kind switch
        {
            SnapshotRefKind.Number => queries.Snapshot(dataset.Key, at.Number) is { } snapshot ? [snapshot] : [],
            SnapshotRefKind.Tag => queries.TaggedSnapshot(dataset.Key, at.Text) is { } tagged ? [tagged] : [],
            _ => queries.SnapshotsByHash(dataset.Key, at.Text),
        };
        return found.Count switch
        {
            1 => found[0],
            0 => ErrorCode.NotFound.With($"Dataset '{dataset.Owner}/{dataset.Slug}' has no snapshot {at}. `hutch log` lists them."
                + (at.Text is "latest" or "newest" or "head" or "HEAD" ? " Without '@' and a version, the newest is taken." : "")),
            _ => ErrorCode.BadRequest.With(
                $"More than one snapshot of '{dataset.Owner}/{dataset.Slug}' starts with {at}. Give more digits, or the number."),
        };
    }
}

public readonly record struct HeadSize(long Files, long Bytes);

/// <summary>The entries of the tree under a head at a path and the directories above it; the overlay may differ.</summary>
/// <param name="Root">Root page of this tree: if the head has another by the time of the commit, ask again.</param>
/// <param name="Above">The entries at the paths of directories above: files, links or empty directories.</param>
internal sealed record PathProbe(BlobHash Root, Entry? At, bool IsDirectory, IReadOnlyDictionary<DatasetPath, Entry> Above);
