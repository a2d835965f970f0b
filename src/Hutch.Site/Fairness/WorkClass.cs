namespace Hutch.Site.Fairness;

/// <summary>How work is put in order when there is more than the machine does at once.</summary>
public enum WorkClass
{
    /// <summary>Frames of a running measurement: never wait for others.</summary>
    Capture,

    /// <summary>Small requests, behind which a person or a program waits: never wait for others.</summary>
    Interactive,

    /// <summary>Large files that people load up and down: take turns, fair among users.</summary>
    Bulk,

    /// <summary>Upkeep: takes a share of the turns of bulk work, and all that nobody else wants.</summary>
    Background,
}
