namespace Hutch.Catalog.Zone;

/// <param name="Number">The number of a row in the feed.</param>
/// <param name="Dataset">The dataset whose home or summary has changed; null for another row.</param>
public readonly record struct FedDataset(long Number, DatasetId? Dataset);
