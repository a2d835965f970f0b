using System.ComponentModel.DataAnnotations;
using Hutch.Analysis.Memory;

namespace Hutch.Live;

/// <summary>Limits of the worker.</summary>
public sealed class AnalysisWorkerOptions
{
    /// <summary>Threads that decode and analyse; 0 for one a processor.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Runs that are worked on at once; others wait for their turn.</summary>
    [Range(1, 1000)]
    public int MaxActiveRuns { get; init; } = 32;

    /// <summary>
    /// The most memory of images, packed and decoded, and of masks, of all runs together, in MiB; 0 for a quarter of the machine's. Runs
    /// wait for it, and one whose single image does not fit is refused.
    /// </summary>
    [Range(0, 1 << 24)]
    public int MaxImageMegabytes { get; init; }

    /// <summary>The most result rows in one commit.</summary>
    [Range(1, 10_000)]
    public int MaxRowsPerCommit { get; init; } = 256;

    /// <summary>How long to wait before a commit that the site could not take is tried again, in milliseconds.</summary>
    [Range(1, 60_000)]
    public int RetryMilliseconds { get; init; } = 1000;

    /// <summary>The memory of decoded images in use, bytes.</summary>
    public long UsedImageBytes => MaxImageMegabytes > 0 ? (long)MaxImageMegabytes << 20 : ImageMemory.UsualBytes;

    /// <summary>The number of threads in use.</summary>
    public int UsedThreads => Threads > 0 ? Threads : Environment.ProcessorCount;
}
