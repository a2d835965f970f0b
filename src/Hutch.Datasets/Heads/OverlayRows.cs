using Hutch.Catalog.Site;
using Hutch.Model;

namespace Hutch.Datasets.Heads;

/// <summary>The overlay of one head as listings read it: ranges of rows, a page at a time.</summary>
internal sealed class OverlayRows(SiteDatabase records, long dataset) : IOverlaySource
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TreeChange>> ReadAsync(string from, int limit, CancellationToken cancellationToken) =>
        records.ReadAsync<IReadOnlyList<TreeChange>>(
            queries => [.. queries.OverlayRange(dataset, from, limit).Select(row => new TreeChange(row.Path, row.Entry))], cancellationToken);
}
