namespace Hutch.Zone.Limits;

public static class AccountLimits
{
    /// <summary>Valid tokens of one account, without those for steps.</summary>
    public const int MaxTokensPerUser = 1000;

    /// <summary>Valid tokens for steps that end with one token.</summary>
    public const int MaxStepsPerToken = 200;

    /// <summary>Tokens for steps that one token creates within an hour: each leaves lines in the audit.</summary>
    public const int MaxStepsPerHour = 2000;

    /// <summary>Valid logins at one site that end with one token.</summary>
    public const int MaxLoginsPerSite = 20;

    /// <summary>Logins at sites that one token or session makes within an hour: each leaves lines in the audit.</summary>
    public const int MaxSiteLoginsPerHour = 200;

    /// <summary>Logins of one account within an hour, by password or at a provider: each leaves a session and lines in the audit.</summary>
    public const int MaxLoginsPerHour = 200;

    public const int MaxMembersPerGroup = 10_000;

    /// <summary>Groups that one account manages, when it creates another.</summary>
    public const int MaxGroupsPerManager = 1000;

    public const int MaxGrantsPerDataset = 10_000;

    /// <summary>Unexpired share links of one dataset.</summary>
    public const int MaxLinksPerDataset = 1000;

    /// <summary>Invites to one dataset or group that can still be accepted.</summary>
    public const int MaxInvitesPerTarget = 1000;

    public const int MaxOffersPerReceiver = 1000;

    /// <summary>Requests of one account to read datasets, open or recently denied.</summary>
    public const int MaxRequestsPerUser = 100;

    public const int MaxRequestsPerDataset = 1000;

    /// <summary>Requests, changes of text and withdrawals by one account for one dataset in a day.</summary>
    public const int MaxRequestChangesPerDay = 20;

    public const int MaxRequestCharacters = 500;

    public const int MaxCreatedFor = 1000;

    public const int MaxInviteUses = 10_000;

    /// <summary>Characters of a display name, of a token's name, of a group's description.</summary>
    public const int MaxTextCharacters = 200;

    /// <summary>Items in one response of a list.</summary>
    public const int MaxPage = 1000;

    /// <summary>The longest life of a token or link that has an end, in days.</summary>
    public const int MaxLifeDays = 36_500;
}
