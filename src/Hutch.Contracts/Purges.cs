using System.Text.Json.Serialization;
using Hutch.Model;

namespace Hutch.Contracts;

/// <summary>Orders that a dataset ends at every site of the zone, at once.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record OrderPurge
{
    public required DatasetId Dataset { get; init; }

    /// <summary>Why. Kept in the audit of the zone.</summary>
    public required string Reason { get; init; }
}

/// <summary>How far a purge at all sites is.</summary>
public sealed record PurgeInfo
{
    public required DatasetId Dataset { get; init; }

    /// <summary>What it is called; null when its name was freed.</summary>
    public string? Name { get; init; }

    /// <summary>When it was ordered.</summary>
    public DateTimeOffset Ordered { get; init; }

    /// <summary>Who ordered it.</summary>
    public required string By { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Whether a site has not said yet that nothing is left there.</summary>
    public bool Open { get; init; }

    /// <summary>Every site of the zone, and those that were removed since.</summary>
    public required IReadOnlyList<PurgeSiteInfo> Sites { get; init; }
}

/// <summary>What a site has said of a purge.</summary>
public sealed record PurgeSiteInfo
{
    public required string Site { get; init; }

    /// <summary>
    /// <c>waiting</c>: it has not said yet that nothing is left; <c>done</c>: it has; <c>removed</c>: it was removed from the zone before.
    /// </summary>
    public required string State { get; init; }

    /// <summary>When it said so.</summary>
    public DateTimeOffset? At { get; init; }
}
