using Hutch.Site.Platform.Leases;

namespace Hutch.Site.Life.Maintenance;

/// <param name="leases">Where several servers run a site, a loop with a lease runs at one of them.</param>
public sealed class LoopFactory(SiteWarnings warnings, IJobLeases leases, TimeProvider time, ILogger logger)
{
    /// <summary>A loop that runs at each server.</summary>
    public BackgroundTask Everywhere(string what, Func<CancellationToken, Task> run) => new(what, run, warnings, time, logger);

    /// <summary>A loop that runs at one server of the site.</summary>
    public BackgroundTask Leased(string job, Func<CancellationToken, Task> run) => Leased(job, (_, ct) => run(ct));

    /// <summary>A loop that runs at one server of the site and uses the lease.</summary>
    public BackgroundTask Leased(string job, Func<IJobLease, CancellationToken, Task> run) =>
        Everywhere(job, new LeasedTask(leases, job, run, time).RunAsync);
}
