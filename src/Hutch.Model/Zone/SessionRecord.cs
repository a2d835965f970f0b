namespace Hutch.Model.Zone;

/// <summary>A session of a browser, with the hash of its secret only.</summary>
/// <param name="UserId">The account; null for a share link.</param>
/// <param name="LinkId">The share link; null for an account.</param>
/// <param name="MaySetPassword">True if a new password does not need the old one: right after a one-time link.</param>
/// <param name="Address">The network address at the login; null if it was not by network.</param>
/// <param name="LastUsedAt">The time of the last use, to the minute.</param>
/// <param name="ExpiresAt">The end, regardless of use.</param>
public sealed record SessionRecord(
    string Id, BlobHash SecretHash, PrincipalId? UserId, string? LinkId, LoginWay Way, bool MaySetPassword, string? Address, string? Agent,
    DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt, DateTimeOffset? EndedAt)
{
    /// <summary>At a site: the token that the zone made for this login, with which the session ends; otherwise null.</summary>
    public string? TokenId { get; init; }
}

public enum LoginWay
{
    Password,

    LoginLink,

    /// <summary>By a share link: no account, one dataset.</summary>
    Share,

    OpenId,

    Invite,

    /// <summary>At a site: by a login at its zone.</summary>
    Zone,
}
