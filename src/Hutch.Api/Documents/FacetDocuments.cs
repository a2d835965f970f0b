using Hutch.Datasets.Search;

namespace Hutch.Api.Documents;

internal static class FacetDocuments
{
    public static FacetsInfo From(DatasetFacets facets) => new()
    {
        Found = facets.Found,
        More = facets.IsMore,
        Facets = [.. facets.Facets.Select(From)],
        Notes = facets.Notes is { Count: > 0 } notes ? notes : null,
    };

    private static FacetInfo From(DatasetFacet facet) => new()
    {
        Name = facet.Name,
        Title = facet.Title,
        Kind = facet.Kind,
        Values = [.. facet.Values.Select(one => new FacetValueInfo { Value = one.Shown, Datasets = one.Datasets, Query = one.Query })],
        More = facet.IsMore,
        Least = facet.Least,
        Greatest = facet.Greatest,
        Unit = facet.Unit,
    };
}
