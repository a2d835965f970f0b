namespace Hutch.Federation.Wire;

/// <summary>A search that a site passes on to the zone.</summary>
internal sealed record SearchRequest
{
    /// <summary>The public part of the token that was used there; null for an anonymous caller.</summary>
    public string? Token { get; init; }

    public required string Text { get; init; }

    public string? Sort { get; init; }

    public string? Cursor { get; init; }

    public int Limit { get; init; }

    public bool IsCount { get; init; }
}

internal sealed record SearchResponse
{
    public required IReadOnlyList<DatasetId> Datasets { get; init; }

    public string? Next { get; init; }

    public CountsLine? Counts { get; init; }
}

internal sealed record CountsLine
{
    public required int Found { get; init; }

    public required bool IsMore { get; init; }

    public required IReadOnlyList<FacetLine> Facets { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }
}

internal sealed record FacetLine
{
    public required string Name { get; init; }

    public required string Title { get; init; }

    public required string Kind { get; init; }

    public required IReadOnlyList<FacetValueLine> Values { get; init; }

    public required bool IsMore { get; init; }

    public string? Unit { get; init; }

    public double? Least { get; init; }

    public double? Greatest { get; init; }
}

internal sealed record FacetValueLine
{
    public required string Shown { get; init; }

    public required int Datasets { get; init; }

    public required string Query { get; init; }
}

/// <summary>The zone asks a home for the cards of its datasets.</summary>
internal sealed record CardsRequest
{
    /// <summary>Up to which change each index of the site has given them.</summary>
    public required IReadOnlyDictionary<string, long> Positions { get; init; }
}

internal sealed record CardsAnswer
{
    /// <summary>The index of the answer; empty from a site that gives none.</summary>
    public required string Life { get; init; }

    public required long Position { get; init; }

    public required bool IsMore { get; init; }

    public required IReadOnlyList<CardLine> Cards { get; init; }
}

internal sealed record CardLine
{
    public required DatasetId Dataset { get; init; }

    public string? Document { get; init; }

    public required string Files { get; init; }
}
