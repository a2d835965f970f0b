namespace Hutch.Site.Platform.Fairness;

public static class WorkClasses
{
    /// <summary>All classes, the most urgent first.</summary>
    public static IReadOnlyList<WorkClass> All { get; } = [WorkClass.Capture, WorkClass.Interactive, WorkClass.Bulk, WorkClass.Background];

    /// <summary>Returns the name that answers and metrics use.</summary>
    public static string ToName(this WorkClass workClass) => workClass switch
    {
        WorkClass.Capture => "capture",
        WorkClass.Interactive => "interactive",
        WorkClass.Bulk => "bulk",
        _ => "background",
    };
}

/// <summary>The classes of work, which share the machine when there is more work than it can do at once.</summary>
public enum WorkClass
{
    /// <summary>Frames of a running measurement: never wait for other work.</summary>
    Capture,

    /// <summary>Small requests, for which a person or a program waits: never wait for other work.</summary>
    Interactive,

    /// <summary>Uploads and downloads of large files: take slots in turn, fair among users.</summary>
    Bulk,

    /// <summary>Maintenance: takes a share of the slots of bulk work, and all that are otherwise unused.</summary>
    Background,
}
