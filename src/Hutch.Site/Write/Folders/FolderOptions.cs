using System.ComponentModel.DataAnnotations;

namespace Hutch.Site.Write.Folders;

/// <summary>Settings for hashing files that stay in the facility's folders.</summary>
public sealed class FolderOptions
{
    /// <summary>The read rate for hashing, in bytes a second: the most that it takes from the acquisition.</summary>
    [Range(1 << 20, 1L << 40)]
    public long HashBytesPerSecond { get; init; } = 200 << 20;

    /// <summary>
    /// A file is hashed when it has not changed for so long, seconds: longer than the steps in which the file system counts time, so that
    /// no change can hide behind an old time.
    /// </summary>
    [Range(1, 86_400)]
    public int QuietSeconds { get; init; } = 2;
}
