using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Hutch.Zone.Limits;

/// <summary>How people log in: section <c>accounts</c> of the configuration.</summary>
public sealed class AccountOptions
{
    /// <summary>Whether accounts can have passwords of this server's own.</summary>
    public bool Passwords { get; init; } = true;

    /// <summary>The shortest password, characters.</summary>
    [Range(8, 128)]
    public int MinPasswordCharacters { get; init; } = 12;

    /// <summary>A session that was not used for so long ends, minutes.</summary>
    [Range(5, 525_600)]
    public int SessionIdleMinutes { get; init; } = 24 * 60;

    /// <summary>A session ends after so long, however much it is used, hours.</summary>
    [Range(1, 8_760)]
    public int SessionHours { get; init; } = 14 * 24;

    /// <summary>A session that came from a share link ends after so long, hours; the link's own end comes first.</summary>
    [Range(1, 8_760)]
    public int ShareSessionHours { get; init; } = 24;

    /// <summary>Sessions of one account at a time; one more ends the oldest.</summary>
    [Range(1, 10_000)]
    public int MaxSessionsPerUser { get; init; } = 100;

    /// <summary>A one-time link made by an administrator or at the first start is good for so long, hours.</summary>
    [Range(1, 720)]
    public int LoginLinkHours { get; init; } = 72;

    /// <summary>A one-time link that somebody asked to be mailed is good for so long, minutes.</summary>
    [Range(5, 1_440)]
    public int ResetLinkMinutes { get; init; } = 60;

    /// <summary>Whether whoever has an invite may make an account with it.</summary>
    public bool InvitesMakeAccounts { get; init; }

    /// <summary>Invites that one person may have mailed within a day: mail to strangers in the server's name.</summary>
    [Range(0, 100_000)]
    public int MailedInvitesPerDay { get; init; } = 50;

    /// <summary>Failures with one account from one address before it must wait.</summary>
    [Range(1, 1_000)]
    public int PasswordAttempts { get; init; } = 10;

    /// <summary>Seconds until such a pair may fail once more.</summary>
    [Range(0.001, 86_400)]
    public double PasswordRetrySeconds { get; init; } = 30;

    /// <summary>Passwords that are checked at one time: each keeps a processor busy.</summary>
    [Range(1, 256)]
    public int HashesAtOnce { get; init; } = 2;

    /// <summary>Password checks that may wait for their turn; more are told to come again.</summary>
    [Range(1, 100_000)]
    public int MaxWaitingHashes { get; init; } = 200;

    /// <summary>Iterations of the slow hash (PBKDF2 with HMAC-SHA-512). Only tests make it quick.</summary>
    [Browsable(false)]
    public int HashIterations { get; init; } = 210_000;
}
