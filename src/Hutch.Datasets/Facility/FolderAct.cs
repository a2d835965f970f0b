namespace Hutch.Datasets.Facility;

/// <summary>A change of rights, or a mail, that the agent of a facility folder wants of the zone.</summary>
public enum FolderAct
{
    /// <summary>An invite with the right, the life and the uses of the request.</summary>
    Invite,

    /// <summary>The end of an invite.</summary>
    Withdraw,

    /// <summary>A share link with the right and the life of the request.</summary>
    Link,

    /// <summary>The end of a share link.</summary>
    Unlink,

    /// <summary>The visibility of the dataset.</summary>
    Show,

    /// <summary>A related identifier in the description for publication: an address that the data had before.</summary>
    Relate,

    /// <summary>A mail to each address that the dataset is published, each with an invite of its own.</summary>
    MailPublished,

    /// <summary>A mail to the addresses that acquisition has ended.</summary>
    MailEnded,

    /// <summary>A reminder to the owner and the addresses that the facility removes the files soon.</summary>
    MailReminder,

    /// <summary>A notice to the owner and the addresses that the time of the files at the facility is over.</summary>
    MailOver,
}
