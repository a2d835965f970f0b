namespace Hutch.Zone.Limits;

/// <summary>Bounds on accounts and what belongs to them.</summary>
public static class AccountLimits
{
    /// <summary>Usable tokens of one account, without those for steps.</summary>
    public const int MaxTokensPerUser = 1000;

    /// <summary>Usable tokens for steps that end with one token.</summary>
    public const int MaxStepsPerToken = 200;

    /// <summary>Tokens for steps that one token makes within an hour: each leaves lines in the audit.</summary>
    public const int MaxStepsPerHour = 2000;

    /// <summary>Members of one group.</summary>
    public const int MaxMembersPerGroup = 10_000;

    /// <summary>Rights given on one dataset.</summary>
    public const int MaxGrantsPerDataset = 10_000;

    /// <summary>Share links of one dataset that have not ended.</summary>
    public const int MaxLinksPerDataset = 1000;

    /// <summary>Invites to one dataset or group that can still be accepted.</summary>
    public const int MaxInvitesPerTarget = 1000;

    /// <summary>Datasets that are offered to one user or group.</summary>
    public const int MaxOffersPerReceiver = 1000;

    /// <summary>Requests of one account to read datasets, open or denied a short while ago.</summary>
    public const int MaxRequestsPerUser = 100;

    /// <summary>Open requests to read one dataset.</summary>
    public const int MaxRequestsPerDataset = 1000;

    /// <summary>How often in a day one account may ask for one dataset, change the text, or take that back.</summary>
    public const int MaxRequestChangesPerDay = 20;

    /// <summary>Characters of what somebody says who asks to read a dataset.</summary>
    public const int MaxRequestCharacters = 500;

    /// <summary>Users and groups for which one account may create datasets.</summary>
    public const int MaxCreatedFor = 1000;

    /// <summary>How often one invite may be accepted.</summary>
    public const int MaxInviteUses = 10_000;

    /// <summary>Characters of a name for people, of a token's name, of a group's description.</summary>
    public const int MaxTextCharacters = 200;

    /// <summary>Lines in one answer of a list.</summary>
    public const int MaxPage = 1000;

    /// <summary>The longest life of a token or link that has an end, in days.</summary>
    public const int MaxLifeDays = 36_500;
}
