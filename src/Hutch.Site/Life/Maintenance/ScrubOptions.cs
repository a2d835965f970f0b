using System.ComponentModel.DataAnnotations;

namespace Hutch.Site.Life.Maintenance;

/// <summary>How the store is read again in the background.</summary>
public sealed class ScrubOptions
{
    /// <summary>How often everything is read again, days.</summary>
    [Range(1, 3650)]
    public int EveryDays { get; init; } = 30;

    /// <summary>How fast it reads, so that the disk is left to others; bytes a second.</summary>
    [Range(1 << 16, long.MaxValue)]
    public long RateBytesPerSecond { get; init; } = 50 << 20;
}
