namespace Hutch.Datasets.Search;

/// <summary>The search of the zone, as a site of it reaches it.</summary>
public interface IZoneSearch
{
    /// <param name="token">The public part of the token that was used here; null for an anonymous caller.</param>
    Task<Result<SearchAnswer>> SearchAsync(string? token, SearchQuestion question, CancellationToken ct);
}
