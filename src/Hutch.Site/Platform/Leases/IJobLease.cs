namespace Hutch.Site.Platform.Leases;

/// <summary>
/// The lease of one job. It renews itself until it is disposed, which gives it back. One that was lost stays lost.
/// </summary>
public interface IJobLease : IAsyncDisposable
{
    string Job { get; }

    /// <summary>
    /// Whether nobody else has the job. Asked inside the decision of a commit, on the committer's loop, it is certain: a server that
    /// stalled for long, and whose job went to another one meanwhile, commits nothing more for it.
    /// </summary>
    bool IsHeld { get; }

    /// <summary>Cancelled once the lease could not be renewed in time, or has another holder: stop, another server goes on.</summary>
    CancellationToken Lost { get; }
}
