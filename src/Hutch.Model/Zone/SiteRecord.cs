using System.Collections.Immutable;
using Hutch.Model.Sites;

namespace Hutch.Model.Zone;

/// <param name="Id">The id from the zone, never reused: 16 hex digits.</param>
/// <param name="Key">The SHA-256 of its public key, which identifies the site.</param>
/// <param name="RemovedAt">The time of its removal; null while it belongs to the zone.</param>
/// <param name="HeardAt">The recorded time when it was last heard; null for never.</param>
/// <param name="Confirmed">The recorded number of the feed up to which it has everything; null if unknown.</param>
/// <param name="Address">The address for connections of other sites, HOST:PORT; null if they cannot connect.</param>
/// <param name="FreeBytes">Its free space in its last report; null for none yet.</param>
public sealed record SiteRecord(
    string Id, string Name, BlobHash Key, ImmutableSortedDictionary<string, string> Labels, DateTimeOffset JoinedAt,
    DateTimeOffset? RemovedAt, DateTimeOffset? HeardAt, long? Confirmed, string? Address, long? FreeBytes)
{
    public SiteTerms Terms { get; init; } = SiteTerms.Open;

    /// <summary>The region of signatures of S3 keys for it, a host label that no other site ever has. Known at the zone only.</summary>
    public string? Region { get; init; }

    /// <summary>Its portal, as an administrator of the zone approved it; null for none. Known at the zone only.</summary>
    public SitePortal? Portal { get; init; }

    /// <summary>The operator, in the words of an administrator of the zone; null if unknown. Known at the zone only.</summary>
    public string? RunBy { get; init; }

    /// <summary>The time since which the zone trusts it; null for a site that is not marked. Known at the zone only.</summary>
    public DateTimeOffset? TrustedAt { get; init; }
}

/// <param name="Key">The only key that may use it; null for any.</param>
/// <param name="UsedAt">The time of its use; null while unused.</param>
/// <param name="SiteId">The site that joined with it; null while unused.</param>
public sealed record SiteInviteRecord(
    string Id, BlobHash SecretHash, string Name, ImmutableSortedDictionary<string, string> Labels, BlobHash? Key, DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt, DateTimeOffset? UsedAt, BlobHash? UsedByKey, string? SiteId, DateTimeOffset? RevokedAt)
{
    /// <summary>The accounts of the zone for which the site can bring datasets; those with a plus must be created.</summary>
    public IReadOnlyList<string> Accounts { get; init; } = [];

    /// <summary>Returns true if it can still be used.</summary>
    public bool IsOpenAt(DateTimeOffset now) => UsedAt is null && RevokedAt is null && now < ExpiresAt;
}

/// <param name="Address">The address of the zone, HOST:PORT.</param>
public sealed record JoinedZoneRecord(
    string Zone, string SiteId, string SiteName, string Address, BlobHash Key, DateTimeOffset JoinedAt)
{
    /// <summary>The id of the zone that this server was before; null if unknown.</summary>
    public string? FormerId { get; init; }
}
