using System.ComponentModel.DataAnnotations;

namespace Hutch.Agent;

/// <summary>How often the agent looks at folders.</summary>
public sealed class WatchingOptions
{
    /// <summary>
    /// How often the agent looks at active folders where the kernel reports no changes, seconds: on network file systems, and when the
    /// limits of inotify are reached. A folder is active while it has no metadata file, during acquisition, and for a day after a change.
    /// </summary>
    [Range(1, 3600)]
    public int PollSeconds { get; init; } = 1;

    /// <summary>
    /// How often the agent compares the times of all watched folders, seconds, wherever they are: finds what nobody reported.
    /// </summary>
    [Range(10, 86_400)]
    public int RescanSeconds { get; init; } = 600;

    /// <summary>How often the agent looks at every file of a folder that is no longer active, hours.</summary>
    [Range(1, 8760)]
    public int ThoroughHours { get; init; } = 24;

    /// <summary>
    /// The most files and directories in one folder. What goes beyond is reported and not published. Each takes about 240 bytes of memory
    /// while the folder is active.
    /// </summary>
    [Range(1000, 100_000_000)]
    public int MaxFilesPerFolder { get; init; } = 2_000_000;
}
