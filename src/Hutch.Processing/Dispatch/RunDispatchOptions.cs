using System.ComponentModel.DataAnnotations;

namespace Hutch.Processing.Dispatch;

/// <summary>How runs are handed out to workers.</summary>
public class RunDispatchOptions
{
    /// <summary>Runs of a namespace that are worked on at once; others wait for their turn.</summary>
    [Range(1, 1000)]
    public int MaxActiveRuns { get; init; } = 32;

    /// <summary>The most result rows in one commit.</summary>
    [Range(1, 10_000)]
    public int MaxRowsPerCommit { get; init; } = 256;

    /// <summary>How long to wait before a commit that the site could not take is tried again, in milliseconds.</summary>
    [Range(1, 60_000)]
    public int RetryMilliseconds { get; init; } = 1000;

    /// <summary>
    /// How long a worker that joined may be silent before its frames are given to another one, in seconds. It speaks up three times as
    /// often.
    /// </summary>
    [Range(1, 3600)]
    public int LeaseSeconds { get; init; } = 30;

    /// <summary>
    /// How often a frame is handed out whose worker then falls silent. After the last time its row says so, and the run goes on.
    /// </summary>
    [Range(2, 100)]
    public int MaxDeliveries { get; init; } = 3;

    /// <summary>How long a lease is good.</summary>
    internal TimeSpan LeaseLife => TimeSpan.FromSeconds(LeaseSeconds);
}
