namespace Hutch.Site.Leases;

/// <summary>Who does a job that only one server of the site may do at a time.</summary>
public interface IJobLeases
{
    /// <summary>Takes the lease of a job; null while another server, or another part of this one, has it.</summary>
    /// <param name="job">The job.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="Hutch.Storage.StorageRefusedException">Where leases are kept cannot be reached.</exception>
    ValueTask<IJobLease?> TryTakeAsync(string job, CancellationToken ct);
}
