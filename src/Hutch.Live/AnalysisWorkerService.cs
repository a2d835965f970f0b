using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hutch.Live;

/// <summary>Runs the worker with the host.</summary>
internal sealed partial class AnalysisWorkerService(AnalysisWorker worker, ILogger<AnalysisWorkerService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not on the thread that starts the host.
        await Task.Yield();
        try
        {
            await worker.RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The way this ends.
        }
        catch (Exception e)
        {
            // Requests are answered all the same; runs wait for the next start.
            LogStopped(logger, e);
        }
    }

    [LoggerMessage(EventId = 6003, Level = LogLevel.Error, Message = "The worker stopped until the next start")]
    private static partial void LogStopped(ILogger logger, Exception exception);
}
