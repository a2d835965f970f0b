namespace Hutch.Model.Zone;

/// <summary>A one-time link for logging in, without its secret.</summary>
/// <param name="Id">The public part.</param>
/// <param name="SecretHash">SHA-256 of the secret.</param>
/// <param name="UserId">Whose account it opens.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends.</param>
/// <param name="UsedAt">When it was used; null when it was not.</param>
/// <param name="RevokedAt">When it was withdrawn; null when it was not.</param>
public sealed record LoginLinkRecord(
    string Id, BlobHash SecretHash, PrincipalId UserId, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? UsedAt,
    DateTimeOffset? RevokedAt);
