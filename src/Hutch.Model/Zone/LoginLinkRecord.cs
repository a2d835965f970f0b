namespace Hutch.Model.Zone;

/// <summary>A one-time link for logging in, without its secret.</summary>
/// <param name="Id">The public part.</param>
/// <param name="UserId">The account.</param>
/// <param name="UsedAt">The time of its use; null while unused.</param>
/// <param name="RevokedAt">The time of revocation; null for none.</param>
public sealed record LoginLinkRecord(
    string Id, BlobHash SecretHash, PrincipalId UserId, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? UsedAt,
    DateTimeOffset? RevokedAt);
