using System.Runtime.CompilerServices;

namespace Hutch.Model;

/// <summary>Lists the entries of a head: a tree with an overlay over it. Reads both by seeking.</summary>
public static class OverlayListing
{
    /// <summary>All entries in byte order; otherwise like <see cref="Tree.EnumerateAsync"/>.</summary>
    public static async IAsyncEnumerable<PathEntry> EnumerateAsync(
        Tree tree,
        TreeRoot root,
        IOverlaySource overlay,
        string? after = null,
        string prefix = "",
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var cursor = new MergedCursor(tree.CursorIn(root, ""), "", new OverlayCursor(overlay), prefix);
        bool found = await cursor.SeekAsync(ListQuery.FirstWanted(prefix, after), cancellationToken);
        while (found)
        {
            yield return new PathEntry(DatasetPath.Trusted(cursor.Path), cursor.Entry);
            found = await cursor.MoveNextAsync(cancellationToken);
        }
    }

    /// <summary>
    /// A page of a listing, without markers of folders. A common prefix is listed only if an entry remains below it. Directories are not
    /// entered, except those with rows in the overlay, and these only up to the first remaining entry.
    /// </summary>
    public static ValueTask<Listing> ListAsync(
        Tree tree, TreeRoot root, IOverlaySource overlay, ListQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, ListQuery.MaxLimit);
        return query.Delimited
            ? new DirectoryLister(tree, new OverlayCursor(overlay, query.Limit + 1), query).ListAsync(root, cancellationToken)
            : ListAllAsync(tree, root, overlay, query, cancellationToken);
    }

    private static async ValueTask<Listing> ListAllAsync(
        Tree tree, TreeRoot root, IOverlaySource overlay, ListQuery query, CancellationToken cancellationToken)
    {
        var items = new List<ListItem>(Math.Min(query.Limit, 1024));
        var cursor = new MergedCursor(tree.CursorIn(root, ""), "", new OverlayCursor(overlay, query.Limit + 1), query.Prefix);
        bool hides = ReservedNames.HidesMarkers(query.Prefix);
        bool found = await cursor.SeekAsync(ListQuery.FirstWanted(query.Prefix, query.After), cancellationToken);
        while (found)
        {
            if (hides && ReservedNames.IsMarker(cursor.Path))
            {
                found = await cursor.SeekAsync(ReservedNames.BehindMarkers, cancellationToken);
                continue;
            }

            if (items.Count == query.Limit)
            {
                break;
            }

            items.Add(new ListItem(cursor.Path, cursor.Entry));
            found = await cursor.MoveNextAsync(cancellationToken);
        }

        return new Listing(items, found);
    }
}
