namespace Hutch.Model.Zone;

/// <summary>A session of a browser, without its secret, of which only the hash is known.</summary>
/// <param name="Id">The public part.</param>
/// <param name="UserId">Whose it is; null when it came from a share link.</param>
/// <param name="LinkId">The share link it came from; null when it is an account's.</param>
/// <param name="Way">How it began.</param>
/// <param name="MaySetPassword">Whether a new password needs no old one: right after a one-time link.</param>
/// <param name="Address">Where it was begun; null when not by network.</param>
/// <param name="Agent">What the browser called itself; null when it did not.</param>
/// <param name="CreatedAt">When it began.</param>
/// <param name="LastUsedAt">The time of the last use, to the minute.</param>
/// <param name="ExpiresAt">When it ends, however much it is used.</param>
/// <param name="EndedAt">When it was ended; null when it was not.</param>
public sealed record SessionRecord(
    string Id, BlobHash SecretHash, PrincipalId? UserId, string? LinkId, LoginWay Way, bool MaySetPassword, string? Address, string? Agent,
    DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt, DateTimeOffset? EndedAt);

/// <summary>The way in which a user logged in.</summary>
public enum LoginWay
{
    /// <summary>With name and password.</summary>
    Password,

    /// <summary>With a one-time link.</summary>
    LoginLink,

    /// <summary>With a share link: no account, one dataset.</summary>
    Share,

    /// <summary>Through an OpenID provider.</summary>
    OpenId,

    /// <summary>With the invite that created the account.</summary>
    Invite,
}
