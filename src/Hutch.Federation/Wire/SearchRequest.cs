using Hutch.Datasets.Search;

namespace Hutch.Federation.Wire;

/// <summary>A search that a site sends to the zone.</summary>
internal sealed record SearchRequest
{
    /// <summary>The public part of the token that was used there; null for an anonymous caller.</summary>
    public string? Token { get; init; }

    public required SearchQuestion Question { get; init; }
}

/// <summary>The zone asks a home for the cards of its datasets.</summary>
internal sealed record CardsRequest
{
    /// <summary>Up to which change each index of the site has given them.</summary>
    public required IReadOnlyDictionary<string, long> Positions { get; init; }
}
