namespace Hutch.Model.Zone;

/// <summary>A one-time link for logging in, without its secret.</summary>
/// <param name="UsedAt">The time of its use; null while unused.</param>
public sealed record LoginLinkRecord(
    string Id, BlobHash SecretHash, PrincipalId UserId, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? UsedAt,
    DateTimeOffset? RevokedAt)
{
    /// <summary>The address to which it was mailed, which its use proves; null for a link that was not mailed.</summary>
    public string? MailedTo { get; init; }
}
