namespace Hutch.Contracts;

/// <summary>Orders the purge of a dataset at every site of the zone, at once.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record OrderPurge
{
    public required DatasetId Dataset { get; init; }

    /// <summary>Reason. Kept in the audit log of the zone.</summary>
    public required string Reason { get; init; }
}

/// <summary>Progress of a purge at all sites.</summary>
public sealed record PurgeInfo
{
    public required DatasetId Dataset { get; init; }

    /// <summary>Name of the dataset; null if the name was freed.</summary>
    public string? Name { get; init; }

    /// <summary>Time of the order.</summary>
    public DateTimeOffset Ordered { get; init; }

    /// <summary>Administrator who ordered it.</summary>
    public required string By { get; init; }

    public required string Reason { get; init; }

    /// <summary>True until every site has confirmed that it has nothing left.</summary>
    public bool Open { get; init; }

    /// <summary>Every site of the zone, including those removed since.</summary>
    public required IReadOnlyList<PurgeSiteInfo> Sites { get; init; }
}

/// <summary>A site's answer to a purge.</summary>
public sealed record PurgeSiteInfo
{
    public required string Site { get; init; }

    /// <summary>
    /// <c>waiting</c>: not confirmed yet; <c>done</c>: confirmed; <c>removed</c>: removed from the zone before it confirmed.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Time of the confirmation.</summary>
    public DateTimeOffset? At { get; init; }
}
