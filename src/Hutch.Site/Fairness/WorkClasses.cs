namespace Hutch.Site.Fairness;

/// <summary>The classes of work and their names.</summary>
public static class WorkClasses
{
    /// <summary>All of them, the most urgent first.</summary>
    public static IReadOnlyList<WorkClass> All { get; } = [WorkClass.Capture, WorkClass.Interactive, WorkClass.Bulk, WorkClass.Background];

    /// <summary>The name, as it stands in answers and metrics.</summary>
    public static string ToName(this WorkClass workClass) => workClass switch
    {
        WorkClass.Capture => "capture",
        WorkClass.Interactive => "interactive",
        WorkClass.Bulk => "bulk",
        _ => "background",
    };
}
