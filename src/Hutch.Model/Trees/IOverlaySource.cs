namespace Hutch.Model;

/// <summary>
/// The changes that stand over a tree: rows of path and entry, sorted by the bytes of the path, null for a path that was removed.
/// </summary>
/// <remarks>
/// Together with the tree below, no path is an entry and a directory at once: who adds a row sees to that, and removes an empty
/// directory when it puts something into it.
/// </remarks>
public interface IOverlaySource
{
    /// <summary>
    /// Whether the rows lie below the tree: where both have a path, the entry of the tree counts. They are then files only, none removed.
    /// </summary>
    bool IsBelow => false;

    /// <summary>
    /// The first rows whose path is not below <paramref name="from"/> in byte order, at most <paramref name="limit"/>; fewer only at the
    /// end.
    /// </summary>
    ValueTask<IReadOnlyList<TreeChange>> ReadAsync(string from, int limit, CancellationToken cancellationToken);
}
