namespace Hutch.Model;

/// <summary>
/// The changes over a tree: rows of path and entry, sorted by the bytes of the path; the entry is null for a removed path.
/// </summary>
/// <remarks>
/// Together with the tree, no path is both an entry and a directory: the writer of a row ensures this, and removes an empty directory when
/// it adds an entry to it.
/// </remarks>
public interface IOverlaySource
{
    /// <summary>
    /// True if the rows are under the tree, so that the entry of the tree takes precedence. All rows are then files, none removed.
    /// </summary>
    bool IsBelow => false;

    /// <summary>
    /// The first rows whose path is at or after <paramref name="from"/> in byte order, at most <paramref name="limit"/>; fewer only at the
    /// end.
    /// </summary>
    ValueTask<IReadOnlyList<TreeChange>> ReadAsync(string from, int limit, CancellationToken cancellationToken);
}
