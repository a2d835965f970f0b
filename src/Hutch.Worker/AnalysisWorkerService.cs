using Hutch.Processing.Dispatch;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hutch.Worker;

/// <summary>
/// Dispatches runs, at one server of the site, and computes them if the server is configured to, as long as the host runs.
/// </summary>
internal sealed class AnalysisWorkerService(
    RunDispatcher dispatcher, AnalysisWorker worker, AnalysisWorkerOptions options, SiteWarnings warnings, IJobLeases leases,
    TimeProvider time, ILogger<AnalysisWorkerService> logger) : BackgroundService
{
    private readonly BackgroundWork _dispatching = new(
        RunDispatcher.Job, new LeasedWork(leases, RunDispatcher.Job, (_, ct) => dispatcher.RunAsync(ct), time).RunAsync, warnings, time,
        logger);

    private readonly BackgroundWork _working = new("worker", worker.RunAsync, warnings, time, logger);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_dispatching.RunAsync(stoppingToken), options.Enabled ? _working.RunAsync(stoppingToken) : Task.CompletedTask);
}
