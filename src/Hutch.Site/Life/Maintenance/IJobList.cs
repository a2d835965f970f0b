namespace Hutch.Site.Life.Maintenance;

/// <summary>The jobs of all servers of a site: running ones, and the last that have ended. For display only.</summary>
public interface IJobList
{
    /// <summary>The most ended jobs that are remembered, in addition to the newest of each kind.</summary>
    const int MostEnded = 100;

    /// <summary>Returns the jobs, newest first. A job whose server is gone has failed.</summary>
    /// <exception cref="Hutch.Storage.StorageRefusedException">The list cannot be reached.</exception>
    ValueTask<IReadOnlyList<MaintenanceJob>> ReadAsync(CancellationToken ct);

    /// <summary>Notes the state of a job of this server, and forgets the oldest.</summary>
    /// <exception cref="Hutch.Storage.StorageRefusedException">The list cannot be reached.</exception>
    ValueTask RecordAsync(MaintenanceJob job, CancellationToken ct);
}
