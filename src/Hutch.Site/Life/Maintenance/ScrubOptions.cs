using System.ComponentModel.DataAnnotations;

namespace Hutch.Site.Life.Maintenance;

/// <summary>Settings for reading the store again in the background.</summary>
public sealed class ScrubOptions
{
    /// <summary>The time between two scrubs of everything, in days.</summary>
    [Range(1, 3650)]
    public int EveryDays { get; init; } = 30;

    /// <summary>The read rate, in bytes a second, which leaves the disk to other work.</summary>
    [Range(1 << 16, long.MaxValue)]
    public long RateBytesPerSecond { get; init; } = 50 << 20;
}
