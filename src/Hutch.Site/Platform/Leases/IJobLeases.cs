namespace Hutch.Site.Platform.Leases;

/// <summary>The leases of jobs that only one server of the site may do at a time.</summary>
public interface IJobLeases
{
    /// <summary>The job of watching the facility's folders: its server reads their files for the others.</summary>
    const string WatchingFolders = "watching folders";

    /// <summary>True if other servers may have a job; false where a site has one server.</summary>
    bool HasOthers { get; }

    /// <summary>Takes the lease of a job; null while another server, or another part of this one, has it.</summary>
    /// <exception cref="Hutch.Storage.StorageRefusedException">The leases cannot be reached.</exception>
    ValueTask<IJobLease?> TryAcquireAsync(string job, CancellationToken ct);

    /// <summary>
    /// Returns when a job seems to have no holder: the time to try again. It may be wrong, but neither for long nor permanently.
    /// </summary>
    Task WaitAsync(string job, CancellationToken ct);
}
