namespace Hutch.Model.Zone;

/// <summary>Subject of a notification. People choose for each kind, except for their account, where it is shown.</summary>
public enum NoticeKind
{
    /// <summary>The account itself: logins, passwords, addresses. Always shown and mailed.</summary>
    Account,

    /// <summary>Datasets that are shared, published or handed over.</summary>
    Shares,

    /// <summary>Offers, and requests for access with their answers.</summary>
    Requests,

    /// <summary>Copies at sites, and homes that are lost or back.</summary>
    Copies,

    /// <summary>Runs of programs.</summary>
    Runs,

    /// <summary>Acquisitions in facility folders.</summary>
    Acquisitions,

    /// <summary>Files and datasets whose time ends.</summary>
    Expiry,
}
