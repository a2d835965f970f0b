namespace Hutch.Catalog.Search;

/// <summary>The values of one field in a set of datasets.</summary>
/// <param name="Field">The field.</param>
/// <param name="Values">The most frequent texts, or the newest months or years; empty for numbers.</param>
/// <param name="IsMore">True if there are more values.</param>
public sealed record FacetCount(SearchField Field, IReadOnlyList<FacetValue> Values, bool IsMore)
{
    /// <summary>The least number; null for texts.</summary>
    public double? Least { get; init; }

    /// <summary>The greatest number; null for texts.</summary>
    public double? Greatest { get; init; }
}

/// <summary>One value of a field.</summary>
/// <param name="Shown">The value as it was written.</param>
/// <param name="Datasets">The number of datasets that have it.</param>
public readonly record struct FacetValue(string Shown, int Datasets);

/// <summary>Counts over the datasets that a search finds.</summary>
/// <param name="Found">The number of counted datasets.</param>
/// <param name="IsMore">True if the search finds more.</param>
/// <param name="Facets">The fields, in the requested order.</param>
public sealed record FacetCounts(int Found, bool IsMore, IReadOnlyList<FacetCount> Facets);
