namespace Hutch.Site.Platform.Leases;

/// <summary>The lease of one job. It renews itself until it is disposed, which releases it. A lost lease stays lost.</summary>
public interface IJobLease : IAsyncDisposable
{
    string Job { get; }

    /// <summary>
    /// True if no other server has the job. Inside the decision of a commit, on the committer's loop, the answer is certain: a server that
    /// stalled, and whose job another one took, commits nothing more for it.
    /// </summary>
    bool IsHeld { get; }

    /// <summary>Cancelled once the lease could not be renewed in time, or has another holder: stop, another server continues.</summary>
    CancellationToken Lost { get; }
}
