namespace Hutch.Model.Zone;

/// <summary>
/// A site's knowledge of the zone before a restore, in parts: revoked and ended items, and the names of datasets whose home it is.
/// </summary>
public sealed record KnownEnds
{
    public IReadOnlyList<string> Tokens { get; init; } = [];

    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>Revoked grants, memberships and roles: the table, a space, and the key of the row.</summary>
    public IReadOnlyList<string> Rows { get; init; } = [];

    public IReadOnlyList<KnownName> Names { get; init; } = [];

    /// <summary>The homes that the zone granted to sites, with its own signature.</summary>
    public IReadOnlyList<KnownHome> Homes { get; init; } = [];

    /// <summary>Datasets of other homes that are in the trash of their homes, or have ended there.</summary>
    public IReadOnlyList<KnownEnd> Ends { get; init; } = [];

    /// <summary>Purges at all sites that the zone ordered, with its own signature.</summary>
    public IReadOnlyList<KnownPurge> Purges { get; init; } = [];
}

/// <param name="Over">The end of its time in the trash there, or the time when its bytes ended.</param>
public sealed record KnownEnd(DatasetId Dataset, string SiteId, long Epoch, DateTimeOffset Over);

/// <param name="GrantProof">The zone's signature.</param>
public sealed record KnownHome(HomeAssignment Grant, string GrantProof, string? ReleaseProof);

public sealed record KnownName(DatasetId Dataset, string Owner, string Slug, long Epoch)
{
    /// <inheritdoc cref="HomeRecord.TrashedUntil"/>
    public DateTimeOffset? TrashedUntil { get; init; }

    /// <inheritdoc cref="HomeRecord.EndedAt"/>
    public DateTimeOffset? EndedAt { get; init; }
}
