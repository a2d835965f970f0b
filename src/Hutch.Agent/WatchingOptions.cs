namespace Hutch.Agent;

public sealed class WatchingOptions
{
    /// <summary>
    /// Seconds between two scans of active folders for which the kernel reports no changes: on network file systems, and when the limits of
    /// inotify are reached. A folder is active while it has no metadata file, during acquisition, and for a day after a change.
    /// </summary>
    [Range(1, 3600)]
    public int PollSeconds { get; init; } = 1;

    /// <summary>
    /// Seconds between two comparisons of the times of all watched folders, on any file system: finds unreported changes.
    /// </summary>
    [Range(10, 86_400)]
    public int RescanSeconds { get; init; } = 600;

    /// <summary>Hours between two scans of every file of a folder that is no longer active.</summary>
    [Range(1, 8760)]
    public int ThoroughHours { get; init; } = 24;

    /// <summary>
    /// The most files and directories in one folder. Further ones are reported and not published. Each takes about 240 bytes of memory
    /// while the folder is active.
    /// </summary>
    [Range(1000, 100_000_000)]
    public int MaxFilesPerFolder { get; init; } = 2_000_000;
}
