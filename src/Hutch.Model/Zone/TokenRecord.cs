namespace Hutch.Model.Zone;

/// <summary>A token without its secret, of which only the hash is known.</summary>
/// <param name="Id">The public part.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Name">What its owner called it, or null.</param>
/// <param name="SecretHash">SHA-256 of the secret.</param>
/// <param name="Scope">What it may be used for, and where.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends; null for never.</param>
/// <param name="RevokedAt">When it was revoked; null when it was not.</param>
/// <param name="LastUsedAt">When it was last used, to the minute; null for never.</param>
/// <param name="S3Generation">
/// For the key of the S3 door: which of the secrets that follow from the site's key is the valid one; else null.
/// </param>
public sealed record TokenRecord(
    string Id, PrincipalId UserId, string? Name, BlobHash SecretHash, TokenScope Scope, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt, int? S3Generation = null);
