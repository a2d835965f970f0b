using System.ComponentModel.DataAnnotations;

namespace Hutch.Datasets.Fairness;

/// <summary>
/// How large transfers share the machine. Small requests and frames never wait for them; they wait for each other, fair among users.
/// </summary>
public sealed class WorkOptions
{
    /// <summary>Parts of large files that may be in memory at one time, between disk and network; 0 for half of the payload pool.</summary>
    [Range(0, 100_000)]
    public int BulkSlots { get; init; }

    /// <summary>Bytes up to which a request counts as small, behind which somebody waits; what moves more is bulk.</summary>
    [Range(1 << 16, 1 << 30)]
    public long InteractiveBytes { get; init; } = 4 << 20;

    /// <summary>The most of them that one user may hold while others wait, per cent.</summary>
    [Range(1, 100)]
    public int UserPercent { get; init; } = 50;

    /// <summary>The share of upkeep (backups, collections) while others wait, per cent.</summary>
    [Range(1, 90)]
    public int BackgroundPercent { get; init; } = 20;
}
