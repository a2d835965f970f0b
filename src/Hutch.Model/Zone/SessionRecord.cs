namespace Hutch.Model.Zone;

/// <summary>A session of a browser, with the hash of its secret only.</summary>
/// <param name="Id">The public part.</param>
/// <param name="UserId">The account; null for a share link.</param>
/// <param name="LinkId">The share link; null for an account.</param>
/// <param name="MaySetPassword">True if a new password does not need the old one: right after a one-time link.</param>
/// <param name="Address">The network address at the login; null if it was not by network.</param>
/// <param name="Agent">The user agent of the browser; null for none.</param>
/// <param name="LastUsedAt">The time of the last use, to the minute.</param>
/// <param name="ExpiresAt">The end, regardless of use.</param>
/// <param name="EndedAt">The time of logout; null for none.</param>
public sealed record SessionRecord(
    string Id, BlobHash SecretHash, PrincipalId? UserId, string? LinkId, LoginWay Way, bool MaySetPassword, string? Address, string? Agent,
    DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt, DateTimeOffset? EndedAt);

/// <summary>The way in which a user logged in.</summary>
public enum LoginWay
{
    /// <summary>By name and password.</summary>
    Password,

    /// <summary>By a one-time link.</summary>
    LoginLink,

    /// <summary>By a share link: no account, one dataset.</summary>
    Share,

    /// <summary>By an OpenID provider.</summary>
    OpenId,

    /// <summary>By the invite that created the account.</summary>
    Invite,
}
