namespace Hutch.Model.Zone;

/// <summary>What became of a mail.</summary>
public enum MailState
{
    /// <summary>Only to be read in the portal: mail is off, or there is no address.</summary>
    Kept,

    /// <summary>Waits to be sent.</summary>
    Queued,

    /// <summary>The mail server took it.</summary>
    Sent,

    /// <summary>It was given up.</summary>
    Failed,
}
