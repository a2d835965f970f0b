using System.ComponentModel.DataAnnotations;

namespace Hutch.Site.Life.Maintenance;

/// <summary>When and how the collector works.</summary>
public sealed class CollectorOptions
{
    /// <summary>A segment is rewritten when less than this part of its bytes lives, per cent.</summary>
    [Range(1, 100)]
    public int MinLivingPercent { get; init; } = 60;

    /// <summary>The time between two automatic collections, in hours.</summary>
    [Range(1, 24 * 365)]
    public int EveryHours { get; init; } = 24;
}
