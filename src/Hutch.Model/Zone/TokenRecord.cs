namespace Hutch.Model.Zone;

/// <summary>A token, with the hash of its secret only.</summary>
/// <param name="Scope">The scopes, datasets and site for which it is valid.</param>
/// <param name="ExpiresAt">The end; null for never.</param>
/// <param name="LastUsedAt">The time of the last use, to the minute; null for never.</param>
/// <param name="S3Generation">
/// For a key of the S3 door: the number of the valid one among the secrets derived from the site's key; otherwise null.
/// </param>
public sealed record TokenRecord(
    string Id, PrincipalId UserId, string? Name, BlobHash SecretHash, TokenScope Scope, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt, int? S3Generation = null)
{
    /// <summary>
    /// The public part of the token or session of the zone for which a login at a site was made, and with which it ends; otherwise null.
    /// Never leaves the zone.
    /// </summary>
    public string? LoginId { get; init; }
}
