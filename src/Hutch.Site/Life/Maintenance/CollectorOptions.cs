using System.ComponentModel.DataAnnotations;

namespace Hutch.Site.Life.Maintenance;

public sealed class CollectorOptions
{
    /// <summary>The least share of live bytes in a segment, per cent; below it the segment is rewritten.</summary>
    [Range(1, 100)]
    public int MinLivingPercent { get; init; } = 60;

    /// <summary>The time between two automatic collections, in hours.</summary>
    [Range(1, 24 * 365)]
    public int EveryHours { get; init; } = 24;

    /// <summary>
    /// The share of the free space, per cent, after which a collection does not wait for its time: so much was written since the last one.
    /// Data that is written and deleted again and again then does not fill the disk. 0: only by the clock.
    /// </summary>
    [Range(0, 100)]
    public int EarlyPercent { get; init; } = 50;
}
