namespace Hutch.Datasets.Search;

/// <param name="Found">The number of counted datasets: the newest, where more are found.</param>
public sealed record DatasetFacets(int Found, bool IsMore, IReadOnlyList<DatasetFacet> Facets)
{
    /// <inheritdoc cref="SearchQuery.Notes"/>
    public required IReadOnlyList<string> Notes { get; init; }
}
