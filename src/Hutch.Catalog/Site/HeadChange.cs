namespace Hutch.Catalog.Site;

/// <param name="Sequence">The number of the last record that changed its head.</param>
public readonly record struct HeadChange(DatasetId Dataset, long Sequence);
