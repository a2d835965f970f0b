namespace Hutch.Model.Zone;

/// <summary>A one-time link for logging in, without its secret.</summary>
/// <param name="Id">The public part.</param>
/// <param name="UserId">Whose account it opens.</param>
/// <param name="CreatedAt">The time of its creation.</param>
/// <param name="ExpiresAt">The end.</param>
/// <param name="UsedAt">The time of its use; null while unused.</param>
/// <param name="RevokedAt">When it was withdrawn; null when it was not.</param>
public sealed record LoginLinkRecord(
    string Id, BlobHash SecretHash, PrincipalId UserId, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? UsedAt,
    DateTimeOffset? RevokedAt);
