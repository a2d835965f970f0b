using Hutch.Site.Maintenance;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hutch.Live;

/// <summary>Runs the worker with the host.</summary>
internal sealed class AnalysisWorkerService(
    AnalysisWorker worker, SiteWarnings warnings, TimeProvider time, ILogger<AnalysisWorkerService> logger) : BackgroundService
{
    private readonly BackgroundWork _work = new("analyses", worker.RunAsync, warnings, time, logger);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _work.RunAsync(stoppingToken);
}
