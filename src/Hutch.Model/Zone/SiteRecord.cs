using System.Collections.Immutable;
using Hutch.Model.Sites;

namespace Hutch.Model.Zone;

/// <summary>A site that has joined the zone.</summary>
/// <param name="Id">Given by the zone, never twice: 16 hex digits.</param>
/// <param name="Name">Unique among the sites of the zone.</param>
/// <param name="Key">The SHA-256 of its public key: who has this key is the site.</param>
/// <param name="Labels">What rules choose it by.</param>
/// <param name="RemovedAt">When it was removed; null while it belongs to the zone.</param>
/// <param name="HeardAt">When it was last heard, as far as that was written down; null for never.</param>
/// <param name="Confirmed">Up to which number of the feed it has everything, as far as that was written down; null for not known.</param>
/// <param name="Address">Where other sites dial it, HOST:PORT; null where they cannot.</param>
/// <param name="FreeBytes">What it said last of its free space; null for nothing yet.</param>
public sealed record SiteRecord(
    string Id, string Name, BlobHash Key, ImmutableSortedDictionary<string, string> Labels, DateTimeOffset JoinedAt,
    DateTimeOffset? RemovedAt, DateTimeOffset? HeardAt, long? Confirmed, string? Address, long? FreeBytes)
{
    /// <summary>What it takes.</summary>
    public SiteTerms Terms { get; init; } = SiteTerms.Open;
}

/// <summary>An invite for one site.</summary>
/// <param name="Id">The public part of its secret.</param>
/// <param name="SecretHash">The hash of its secret.</param>
/// <param name="Name">What the site will be called.</param>
/// <param name="Labels">The labels that it will have.</param>
/// <param name="Key">The only key that may use it; null for any.</param>
/// <param name="ExpiresAt">Until when.</param>
/// <param name="UsedAt">The time of its use; null while unused.</param>
/// <param name="UsedByKey">The key that used it.</param>
/// <param name="SiteId">The site that it became.</param>
/// <param name="RevokedAt">The time of revocation; null for none.</param>
public sealed record SiteInviteRecord(
    string Id, BlobHash SecretHash, string Name, ImmutableSortedDictionary<string, string> Labels, BlobHash? Key, DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt, DateTimeOffset? UsedAt, BlobHash? UsedByKey, string? SiteId, DateTimeOffset? RevokedAt)
{
    /// <summary>The accounts of the zone for which the site may bring datasets, those with a plus to be made.</summary>
    public IReadOnlyList<string> Accounts { get; init; } = [];

    /// <summary>Whether it can still be used.</summary>
    public bool IsOpenAt(DateTimeOffset now) => UsedAt is null && RevokedAt is null && now < ExpiresAt;
}

/// <summary>The zone that this server has joined as a site.</summary>
/// <param name="Zone">The id of the zone.</param>
/// <param name="SiteId">The id of this site in it.</param>
/// <param name="SiteName">What this site is called there.</param>
/// <param name="Address">Where the zone is reached, HOST:PORT.</param>
/// <param name="Key">The fingerprint of the zone's key.</param>
public sealed record JoinedZoneRecord(
    string Zone, string SiteId, string SiteName, string Address, BlobHash Key, DateTimeOffset JoinedAt)
{
    /// <summary>The id of the zone that this server was before; null where that is not known.</summary>
    public string? FormerId { get; init; }
}
