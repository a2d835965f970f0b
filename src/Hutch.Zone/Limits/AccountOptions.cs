using System.ComponentModel;

namespace Hutch.Zone.Limits;

/// <summary>Logins and sessions: section <c>accounts</c> of the configuration.</summary>
public sealed class AccountOptions
{
    /// <summary>True if accounts can have passwords on this server.</summary>
    public bool Passwords { get; init; } = true;

    /// <summary>The shortest password, characters.</summary>
    [Range(8, 128)]
    public int MinPasswordCharacters { get; init; } = 12;

    /// <summary>The idle time after which a session ends, minutes.</summary>
    [Range(5, 525_600)]
    public int SessionIdleMinutes { get; init; } = 24 * 60;

    /// <summary>The longest life of a session, hours.</summary>
    [Range(1, 8_760)]
    public int SessionHours { get; init; } = 14 * 24;

    /// <summary>The life of a session that began with a share link, hours; it ends earlier with the link.</summary>
    [Range(1, 8_760)]
    public int ShareSessionHours { get; init; } = 24;

    /// <summary>The most sessions of one account; another one ends the oldest.</summary>
    [Range(1, 10_000)]
    public int MaxSessionsPerUser { get; init; } = 100;

    /// <summary>
    /// The most lines of the audit that one account, or one share link, may cause within a day; a document counts as a line for each KiB.
    /// Beyond it, changes are refused until a part of the day has passed. Operators and administrators have no limit.
    /// </summary>
    [Range(1_000, 100_000_000)]
    public int AuditLinesPerDay { get; init; } = 100_000;

    /// <summary>The life of a one-time link from an administrator or the first start, hours.</summary>
    [Range(1, 720)]
    public int LoginLinkHours { get; init; } = 72;

    /// <summary>The life of a one-time link that a user requested by mail, minutes.</summary>
    [Range(5, 1_440)]
    public int ResetLinkMinutes { get; init; } = 60;

    /// <summary>The life of a token that <c>hutch login</c> gets by approval in a browser, days.</summary>
    [Range(1, 3650)]
    public int DeviceTokenDays { get; init; } = 90;

    /// <summary>
    /// The life of the first token of a new account, days; 0 for no end. It has every scope. Tokens that are made with it end with it, so
    /// its user then needs another way to log in.
    /// </summary>
    [Range(0, 3650)]
    public int FirstTokenDays { get; init; }

    /// <summary>True if the holder of an invite may create an account with it.</summary>
    public bool InvitesMakeAccounts { get; init; }

    /// <summary>The most invites that one user may have mailed within a day. They send mail to strangers in the server's name.</summary>
    [Range(0, 100_000)]
    public int MailedInvitesPerDay { get; init; } = 50;

    /// <summary>Failures with one account from one address before the pair must wait.</summary>
    [Range(1, 1_000)]
    public int PasswordAttempts { get; init; } = 10;

    /// <summary>Seconds until such a pair may fail once more.</summary>
    [Range(0.001, 86_400)]
    public double PasswordRetrySeconds { get; init; } = 30;

    /// <summary>The most passwords checked at one time: each occupies a processor.</summary>
    [Range(1, 256)]
    public int HashesAtOnce { get; init; } = 2;

    /// <summary>The most password checks in the queue; others are asked to retry.</summary>
    [Range(1, 100_000)]
    public int MaxWaitingHashes { get; init; } = 200;

    /// <summary>Iterations of the slow hash (PBKDF2 with HMAC-SHA-512). Only tests reduce it.</summary>
    [Browsable(false)]
    public int HashIterations { get; init; } = 210_000;
}
