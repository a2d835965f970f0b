using System.ComponentModel.DataAnnotations;

namespace Hutch.Site.Write.Pushes;

/// <summary>Limits of pushes.</summary>
public sealed class PushOptions
{
    /// <summary>Hours for which an inactive push is kept.</summary>
    [Range(1, 24 * 90)]
    public int SessionHours { get; init; } = 72;

    /// <summary>The most pushes in progress in one dataset.</summary>
    [Range(1, 10_000)]
    public int MaxSessionsPerDataset { get; init; } = 64;

    /// <summary>The most hashes in one negotiation.</summary>
    [Range(1, 1_000_000)]
    public int MaxNegotiatedHashes { get; init; } = 100_000;

    /// <summary>The most changes in one commit.</summary>
    [Range(1, 100_000_000)]
    public int MaxChanges { get; init; } = 10_000_000;

    /// <summary>The largest file that can be uploaded, bytes.</summary>
    [Range(1 << 20, long.MaxValue)]
    public long MaxFileBytes { get; init; } = 16L << 40;
}
