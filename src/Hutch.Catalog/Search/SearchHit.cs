namespace Hutch.Catalog.Search;

/// <param name="Key">Its key; the next page continues below it.</param>
public readonly record struct SearchHit(long Key, DatasetId Id);
