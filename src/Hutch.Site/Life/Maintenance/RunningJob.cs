using Hutch.Site.Platform.Leases;

namespace Hutch.Site.Life.Maintenance;

internal sealed class RunningJob(MaintenanceJob job, IJobLease? lease)
{
    private volatile MaintenanceJob _job = job;

    public MaintenanceJob Job
    {
        get => _job;
        set => _job = value;
    }

    /// <summary>Null for a purge, of which there may be several: the collector handles them in order.</summary>
    public IJobLease? Lease => lease;

    public Task Work { get; set; } = Task.CompletedTask;
}
