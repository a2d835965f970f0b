using Hutch.Model;

namespace Hutch.Catalog.Search;

/// <summary>A dataset that was found.</summary>
/// <param name="Key">Its key; the next page continues below it.</param>
/// <param name="Id">Its id.</param>
public readonly record struct SearchHit(long Key, DatasetId Id);
