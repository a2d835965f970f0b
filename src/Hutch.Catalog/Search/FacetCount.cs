namespace Hutch.Catalog.Search;

/// <param name="Values">The most frequent texts, or the newest months or years; empty for numbers.</param>
public sealed record FacetCount(SearchField Field, IReadOnlyList<FacetValue> Values, bool IsMore)
{
    /// <summary>The least number; null for texts.</summary>
    public double? Least { get; init; }

    /// <summary>The greatest number; null for texts.</summary>
    public double? Greatest { get; init; }
}

public readonly record struct FacetValue(string Shown, int Datasets);

/// <summary>Counts over the datasets that a search finds.</summary>
/// <param name="Facets">The fields, in the requested order.</param>
public sealed record FacetCounts(int Found, bool IsMore, IReadOnlyList<FacetCount> Facets);
