namespace Hutch.Site.Platform.Fairness;

public static class RequestClasses
{
    /// <summary>All classes, the most urgent first.</summary>
    public static IReadOnlyList<RequestClass> All { get; } =
        [RequestClass.Capture, RequestClass.Interactive, RequestClass.Bulk, RequestClass.Background];

    public static string ToName(this RequestClass requestClass) => requestClass switch
    {
        RequestClass.Capture => "capture",
        RequestClass.Interactive => "interactive",
        RequestClass.Bulk => "bulk",
        _ => "background",
    };
}

/// <summary>The classes of work, which share the machine when there is more work than it can do at once.</summary>
public enum RequestClass
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
