namespace Hutch.Catalog.Search;

/// <summary>What some datasets have of one field.</summary>
/// <param name="Field">The field.</param>
/// <param name="Values">The most frequent texts; the newest months or years; of numbers none.</param>
/// <param name="IsMore">Whether there are more values.</param>
public sealed record FacetCount(SearchField Field, IReadOnlyList<FacetValue> Values, bool IsMore)
{
    /// <summary>The least number; null for texts.</summary>
    public double? Least { get; init; }

    /// <summary>The greatest number; null for texts.</summary>
    public double? Greatest { get; init; }
}

/// <summary>One value of a field.</summary>
/// <param name="Shown">The value as it was written.</param>
/// <param name="Datasets">How many have it.</param>
public readonly record struct FacetValue(string Shown, int Datasets);

/// <summary>What is counted of the datasets that a search finds.</summary>
/// <param name="Found">How many are counted.</param>
/// <param name="IsMore">Whether more are found.</param>
/// <param name="Facets">What they have, in the order in which it was asked for.</param>
public sealed record FacetCounts(int Found, bool IsMore, IReadOnlyList<FacetCount> Facets);
