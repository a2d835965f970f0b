namespace Hutch.Catalog.Search;

/// <param name="Key">Its key; the next page continues below it.</param>
/// <param name="Id">The dataset, or the dataset that is published.</param>
/// <param name="IsPublication">True for the publication of a dataset, which is found without a right to the dataset.</param>
public readonly record struct SearchHit(long Key, DatasetId Id, bool IsPublication = false);
