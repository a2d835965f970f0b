namespace Hutch.Datasets.Search;

/// <summary>A search that a site passes on to its zone.</summary>
/// <param name="Text">The query as typed: the zone interprets it, by its types.</param>
public sealed record SearchQuestion(string Text)
{
    /// <summary>The order; null for the newest first.</summary>
    public string? Sort { get; init; }

    /// <summary>The end of the page before; null for the first.</summary>
    public string? Cursor { get; init; }

    public int Limit { get; init; }

    /// <summary>True to count values instead of listing datasets.</summary>
    public bool IsCount { get; init; }
}

/// <summary>
/// The zone's answer. It names datasets only: the site describes them by its own view, and so shows nothing that it does not have.
/// </summary>
/// <param name="Counts">The counts, where these were asked for; otherwise null.</param>
public sealed record SearchAnswer(IReadOnlyList<DatasetId> Datasets, string? Next, DatasetFacets? Counts);
