namespace Hutch.Federation.Wire;

/// <summary>A request to the zone about share links of a dataset: lists them, unless a field requests a change.</summary>
internal sealed record LinksRequest
{
    public required string Token { get; init; }

    public required DatasetId Dataset { get; init; }

    /// <summary>Makes one that gives this.</summary>
    public string? Right { get; init; }

    /// <summary>The lifetime of the new one; null for the default.</summary>
    public long? Seconds { get; init; }

    /// <summary>Withdraws that of this id.</summary>
    public string? Withdrawn { get; init; }
}

internal sealed record LinksAnswer
{
    public required IReadOnlyList<LinkLine> Links { get; init; }

    public NewLinkLine? Made { get; init; }
}

/// <summary>A share link without its secret.</summary>
internal sealed record LinkLine
{
    public required string Id { get; init; }

    public required string Right { get; init; }

    public required string By { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset Expires { get; init; }
}

internal sealed record NewLinkLine
{
    public required string Id { get; init; }

    public required DateTimeOffset Expires { get; init; }

    public required string Secret { get; init; }

    /// <summary>The address for a browser; null where no public address is configured.</summary>
    public string? Address { get; init; }

    /// <summary>The public part; never the secret.</summary>
    public override string ToString() => Id;
}
