namespace Hutch.Model.Zone;

/// <summary>A token without its secret, of which only the hash is known.</summary>
/// <param name="Id">The public part.</param>
/// <param name="UserId">The owner.</param>
/// <param name="Name">What its owner called it, or null.</param>
/// <param name="Scope">What it may be used for, and where.</param>
/// <param name="CreatedAt">The time of its creation.</param>
/// <param name="ExpiresAt">The end; null for never.</param>
/// <param name="RevokedAt">The time of revocation; null for none.</param>
/// <param name="LastUsedAt">The time of the last use, to the minute; null for never.</param>
/// <param name="S3Generation">
/// For the key of the S3 door: which of the secrets that follow from the site's key is the valid one; else null.
/// </param>
public sealed record TokenRecord(
    string Id, PrincipalId UserId, string? Name, BlobHash SecretHash, TokenScope Scope, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt, int? S3Generation = null);
