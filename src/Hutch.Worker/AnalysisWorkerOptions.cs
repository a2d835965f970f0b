using System.ComponentModel.DataAnnotations;

namespace Hutch.Worker;

/// <summary>The worker inside the server, and how runs are handed out to all workers.</summary>
public sealed class AnalysisWorkerOptions : RunDispatchOptions
{
    /// <summary>Analyse frames in this server. Otherwise they wait for workers that join (`hutch worker`).</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Threads that decode and analyse; 0 for one a processor.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>
    /// The most memory of images, packed and decoded, and of masks, of all runs together, in MiB; 0 for a quarter of the machine's. Runs
    /// wait for it; a run whose single image does not fit is refused.
    /// </summary>
    [Range(0, 1 << 24)]
    public int MaxImageMegabytes { get; init; }

    /// <summary>
    /// The most of that memory for the runs, trials and pictures of one account, in MiB; 0 for a quarter of it, at least 512. Runs wait for
    /// it; a single image that does not fit is refused.
    /// </summary>
    [Range(0, 1 << 24)]
    public int MaxAccountImageMegabytes { get; init; }

    /// <summary>The memory of decoded images in use, bytes.</summary>
    public long UsedImageBytes => MaxImageMegabytes > 0 ? (long)MaxImageMegabytes << 20 : ImageMemory.UsualBytes;

    /// <summary>The share of one account in it, bytes.</summary>
    public long UsedAccountImageBytes => MaxAccountImageMegabytes > 0
        ? (long)MaxAccountImageMegabytes << 20
        : ImageMemory.UsualBytesOfAccount(UsedImageBytes);

    /// <summary>The number of threads in use.</summary>
    public int UsedThreads => Threads > 0 ? Threads : Environment.ProcessorCount;
}
