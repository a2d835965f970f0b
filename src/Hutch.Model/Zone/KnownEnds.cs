namespace Hutch.Model.Zone;

/// <summary>
/// What a site knows of the life of the zone before a restore, in parts: what had ended, and the names of datasets that are at home there.
/// </summary>
public sealed record KnownEnds
{
    /// <summary>Tokens for the site that were revoked, by their public parts.</summary>
    public IReadOnlyList<string> Tokens { get; init; } = [];

    /// <summary>Accounts that were disabled, by their ids.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>Grants, memberships and roles that were taken away: the table, a space, and the key of the row.</summary>
    public IReadOnlyList<string> Rows { get; init; } = [];

    /// <summary>The names of datasets that are at home at the site.</summary>
    public IReadOnlyList<KnownName> Names { get; init; } = [];

    /// <summary>The homes that the zone has given to sites, with its own signature.</summary>
    public IReadOnlyList<KnownHome> Homes { get; init; } = [];

    /// <summary>Datasets that are at home elsewhere, and are in the trash of their homes or have ended there.</summary>
    public IReadOnlyList<KnownEnd> Ends { get; init; } = [];

    /// <summary>What the zone has ordered to be purged everywhere, with its own signature.</summary>
    public IReadOnlyList<KnownPurge> Purges { get; init; } = [];
}

/// <summary>What the home of a dataset had said of its end.</summary>
/// <param name="SiteId">Its home.</param>
/// <param name="Epoch">The epoch of the home.</param>
/// <param name="Over">Until when it is in the trash there, or since when it has ended.</param>
public sealed record KnownEnd(DatasetId Dataset, string SiteId, long Epoch, DateTimeOffset Over);

/// <summary>A home that the zone has given to a site.</summary>
/// <param name="Grant">What it has given.</param>
/// <param name="GrantProof">What the zone has signed of it.</param>
/// <param name="ReleaseProof">What the home before has signed as it gave up.</param>
public sealed record KnownHome(HomeGrant Grant, string GrantProof, string? ReleaseProof);

/// <summary>The name of a dataset that is at home at a site.</summary>
/// <param name="Owner">The id of its owner.</param>
/// <param name="Slug">Its short name.</param>
/// <param name="Epoch">The epoch of its home.</param>
public sealed record KnownName(DatasetId Dataset, string Owner, string Slug, long Epoch)
{
    /// <inheritdoc cref="HomeRecord.TrashedUntil"/>
    public DateTimeOffset? TrashedUntil { get; init; }

    /// <inheritdoc cref="HomeRecord.EndedAt"/>
    public DateTimeOffset? EndedAt { get; init; }
}
