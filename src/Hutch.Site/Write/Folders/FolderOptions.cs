using System.ComponentModel.DataAnnotations;

namespace Hutch.Site.Write.Folders;

/// <summary>Settings for hashing files that stay in the facility's folders.</summary>
public sealed class FolderOptions
{
    /// <summary>The read rate for hashing, in bytes a second: the most that it takes from the acquisition.</summary>
    [Range(1 << 20, 1L << 40)]
    public long HashBytesPerSecond { get; init; } = 200 << 20;

    /// <summary>
    /// Seconds without a change after which a file is hashed. It must exceed the time resolution of the file system, so that no change can
    /// hide behind an old time.
    /// </summary>
    [Range(1, 86_400)]
    public int QuietSeconds { get; init; } = 2;
}
