namespace Hutch.Datasets.Search;

/// <summary>The cards of datasets at other sites, for the index of the zone.</summary>
public interface IHomeCards
{
    /// <summary>Fetches the cards of the datasets at home at a site that changed since it last gave them.</summary>
    /// <param name="positions">Up to which change each of its indexes has given them.</param>
    Task<Result<SearchCardPage>> FetchAsync(string siteId, IReadOnlyDictionary<string, long> positions, CancellationToken ct);
}
