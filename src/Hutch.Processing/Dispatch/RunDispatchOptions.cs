using System.ComponentModel.DataAnnotations;

namespace Hutch.Processing.Dispatch;

public class RunDispatchOptions
{
    internal const int UsualRunsPerAccount = 1_000_000;

    /// <summary>The most runs that one account may start at this site, its own programs included: each record stays.</summary>
    [Range(1, 1_000_000_000)]
    public int MaxRunsPerAccount { get; init; } = UsualRunsPerAccount;

    /// <summary>The most active runs of a namespace; others wait.</summary>
    [Range(1, 1000)]
    public int MaxActiveRuns { get; init; } = 32;

    /// <summary>The most result rows in one commit.</summary>
    [Range(1, 10_000)]
    public int MaxRowsPerCommit { get; init; } = 256;

    /// <summary>The delay before a retry of a commit that the site could not take, in milliseconds.</summary>
    [Range(1, 60_000)]
    public int RetryMilliseconds { get; init; } = 1000;

    /// <summary>
    /// The silence, in seconds, after which another worker receives the frames of a worker that joined. Workers report three times as
    /// often.
    /// </summary>
    [Range(1, 3600)]
    public int LeaseSeconds { get; init; } = 30;

    /// <summary>
    /// The most times that a frame is handed out when its workers then fall silent. After the last time its row is an error, and the run
    /// continues.
    /// </summary>
    [Range(2, 100)]
    public int MaxDeliveries { get; init; } = 3;

    internal TimeSpan LeaseLife => TimeSpan.FromSeconds(LeaseSeconds);
}
