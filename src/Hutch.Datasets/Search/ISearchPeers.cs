namespace Hutch.Datasets.Search;

/// <summary>The requests to other sites about searches.</summary>
public interface ISearchPeers
{
    /// <summary>Passes a search on to the zone.</summary>
    /// <param name="token">The public part of the token that was used here; null for an anonymous caller.</param>
    Task<Result<SearchAnswer>> SearchAsync(string? token, SearchQuestion question, CancellationToken ct);

    /// <summary>Asks a site for the cards of the datasets at home there that changed since it last gave them.</summary>
    /// <param name="positions">Up to which change each of its indexes has given them.</param>
    Task<Result<SearchCardPage>> RequestCardsAsync(string siteId, IReadOnlyDictionary<string, long> positions, CancellationToken ct);
}
