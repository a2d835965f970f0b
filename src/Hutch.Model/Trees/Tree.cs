using System.Runtime.CompilerServices;

namespace Hutch.Model;

/// <summary>
/// Reads and changes trees of pages. It has no state but the cache: one instance serves any number of trees and threads. A damaged page
/// throws <see cref="HutchException"/> with <see cref="ErrorCode.Quarantined"/>.
/// </summary>
public sealed class Tree
{
    private readonly PageLoader _loader;

    /// <summary>Creates a reader over a source of pages. Without a cache, it creates a small one.</summary>
    public Tree(IPageSource source, PageCache? cache = null)
        : this(source, cache, PageLimits.Standard)
    {
    }

    internal Tree(IPageSource source, PageCache? cache, PageLimits limits) =>
        _loader = new PageLoader(source, cache ?? new PageCache(), limits);

    /// <summary>The entry at a path; null if there is none, or if the path is a non-empty directory.</summary>
    public async ValueTask<Entry?> FindAsync(TreeRoot root, DatasetPath path, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> rest = path.ToUtf8();
        int slash = rest.Span.LastIndexOf((byte)'/');
        TreeRoot directory = await FindDirectoryAsync(root, rest[..(slash + 1)], cancellationToken);
        (TreePage page, int index)? found = await FindAsync(directory, rest[(slash + 1)..], cancellationToken);
        return found is { } location ? location.page.Entry(location.index) : null;
    }

    /// <summary>The tree of a directory; <see cref="TreeRoot.Empty"/> if it is missing or empty.</summary>
    public ValueTask<TreeRoot> FindDirectoryAsync(TreeRoot root, DatasetPath directory, CancellationToken cancellationToken) =>
        FindDirectoryAsync(root, Encoding.UTF8.GetBytes(directory.Value + "/"), cancellationToken);

    /// <summary>
    /// All entries in the byte order of their paths that start with <paramref name="prefix"/> and are greater than
    /// <paramref name="after"/>. Neither must be a complete path.
    /// </summary>
    public async IAsyncEnumerable<PathEntry> EnumerateAsync(
        TreeRoot root, string? after = null, string prefix = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var cursor = new TreeCursor(_loader, root);
        bool found = await cursor.SeekAsync(Encoding.UTF8.GetBytes(ListQuery.FirstWanted(prefix, after)), cancellationToken);
        while (found && cursor.Path.StartsWith(prefix, StringComparison.Ordinal))
        {
            yield return new PathEntry(DatasetPath.Trusted(cursor.Path), cursor.Entry());
            found = await cursor.MoveNextAsync(cancellationToken);
        }
    }

    /// <summary>The entry at a path; for a directory, all entries below it, in the byte order of their paths.</summary>
    public async IAsyncEnumerable<PathEntry> EnumerateAtAsync(
        TreeRoot root, DatasetPath path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await FindAsync(root, path, cancellationToken) is { } entry)
        {
            yield return new PathEntry(path, entry);
            yield break;
        }

        await foreach (PathEntry below in EnumerateAsync(root, null, path.Value + "/", cancellationToken))
        {
            yield return below;
        }
    }

    /// <summary>A page of a listing; see <see cref="ListQuery"/>. Its cost is that of the items: common prefixes are not entered.</summary>
    public ValueTask<Listing> ListAsync(TreeRoot root, ListQuery query, CancellationToken cancellationToken) =>
        OverlayListing.ListAsync(this, root, EmptyOverlay.Instance, query, cancellationToken);

    /// <summary>
    /// Creates a new tree in which the given paths have the given entries, and writes its new pages. Equal entries give equal pages,
    /// regardless of earlier trees. The changes are one unit: a directory can replace a file of its name if the file's removal is among
    /// them. An empty directory is removed automatically when an entry is added to it, and is not restored when that entry is removed.
    /// Removing a missing entry has no effect. The error is <see cref="ErrorCode.PathConflict"/>, or <see cref="ErrorCode.InvalidBody"/>
    /// for an entry that breaks <see cref="EntryRules"/>; the sink may then have unreferenced pages.
    /// </summary>
    /// <exception cref="ArgumentException">A path is changed twice.</exception>
    public ValueTask<Result<TreeRoot>> ApplyAsync(
        TreeRoot root, IReadOnlyList<TreeChange> changes, IPageSink sink, CancellationToken cancellationToken) =>
        new TreeWriter(_loader, sink).ApplyAsync(root, changes, cancellationToken);

    /// <summary>Every path at which the second tree differs from the first, in byte order. Equal pages are not read.</summary>
    public IAsyncEnumerable<TreeDifference> DiffAsync(TreeRoot before, TreeRoot after, CancellationToken cancellationToken = default) =>
        new TreeComparer(_loader).CompareAsync(before, after, cancellationToken);

    /// <summary>Visits every page of a tree and every blob of its files.</summary>
    public ValueTask VisitAsync(TreeRoot root, ITreeVisitor visitor, CancellationToken cancellationToken) =>
        new PageWalker(_loader, visitor).VisitAsync(root, cancellationToken);

    /// <summary>Creates a cursor over a tree below a directory, whose path is the prefix of every path.</summary>
    internal TreeCursor CursorIn(TreeRoot directory, string prefix) => new(_loader, directory, prefix);

    internal LevelCursor CursorOf(TreeRoot directory) => new(_loader, directory, 0);

    /// <summary>The tree of a directory, by its path with a final slash; for an empty path, the tree itself.</summary>
    internal async ValueTask<TreeRoot> FindDirectoryAsync(
        TreeRoot root, ReadOnlyMemory<byte> directory, CancellationToken cancellationToken)
    {
        while (!directory.IsEmpty)
        {
            int slash = directory.Span.IndexOf((byte)'/');
            (TreePage page, int index)? found = await FindAsync(root, directory[..(slash + 1)], cancellationToken);
            if (found is not { } location)
            {
                return TreeRoot.Empty;
            }

            root = location.page.Below(location.index);
            directory = directory[(slash + 1)..];
        }

        return root;
    }

    private async ValueTask<(TreePage Page, int Index)?> FindAsync(
        TreeRoot directory, ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        if (directory.IsEmpty)
        {
            return null;
        }

        TreePage page = await _loader.LoadTopAsync(directory, cancellationToken);
        while (page.Level > 0)
        {
            int child = page.LowerBound(key.Span);
            if (child == page.Count)
            {
                return null;
            }

            page = await _loader.LoadChildAsync(page, child, cancellationToken);
        }

        int index = page.Find(key.Span);
        return index < 0 ? null : (page, index);
    }
}
