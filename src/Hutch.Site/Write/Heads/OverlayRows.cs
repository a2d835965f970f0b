namespace Hutch.Site.Write.Heads;

/// <summary>The overlay of one head for listings: ranges of rows, a page at a time, while the tree under it is the same.</summary>
/// <param name="isBelow">True if the rows are another site's files without a hash, which hide nothing of the tree.</param>
internal sealed class OverlayRows(SiteDatabase records, long dataset, BlobHash root, bool isBelow) : IOverlaySource
{
    public bool IsBelow => isBelow;

    /// <exception cref="HeadMovedException">The head has another tree now: its overlay belongs to that one.</exception>
    public ValueTask<IReadOnlyList<TreeChange>> ReadAsync(string from, int limit, CancellationToken cancellationToken) =>
        records.ReadConsistentAsync<IReadOnlyList<TreeChange>>(
            queries => queries.DatasetByKey(dataset)?.Root.Page == root
                ? [.. queries.OverlayRange(dataset, from, limit).Select(row => new TreeChange(row.Path, row.Entry))]
                : throw new HeadMovedException(),
            cancellationToken);
}
