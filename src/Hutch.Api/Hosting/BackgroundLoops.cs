using Hutch.Datasets;
using Hutch.Datasets.Backups;
using Hutch.Site;
using Hutch.Zone;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hutch.Api.Hosting;

/// <summary>
/// What runs by itself beside the requests: folding, housekeeping, copying the zone, backups, following changes for search, comparing names
/// after a start.
/// </summary>
internal sealed partial class BackgroundLoops(
    ZoneServices zone, SiteServices site, AuthorizedServices services, BackupSchedule backups, ILogger<BackgroundLoops> logger)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        GuardAsync("upkeep of the zone", zone.Upkeep.RunAsync, stoppingToken),
        GuardAsync("sending mail", zone.MailSender.RunAsync, stoppingToken),
        GuardAsync("folding", site.FoldScheduler.RunAsync, stoppingToken),
        GuardAsync("housekeeping", site.Housekeeper.RunAsync, stoppingToken),
        GuardAsync("backups", backups.RunAsync, stoppingToken),
        GuardAsync("following changes for search", services.Search.RunAsync, stoppingToken),
        GuardAsync("comparing names", CompareNamesAsync, stoppingToken));

    private async Task CompareNamesAsync(CancellationToken ct)
    {
        int changes = await services.Reconciler.RunAsync(ct);
        if (changes > 0)
        {
            LogNamesPutRight(logger, changes);
        }
    }

    private async Task GuardAsync(string what, Func<CancellationToken, Task> run, CancellationToken ct)
    {
        // Not on the thread that starts the host.
        await Task.Yield();
        try
        {
            await run(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The way this ends.
        }
        catch (Exception e)
        {
            LogStopped(logger, what, e);
        }
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Information, Message = "{Count} names were put right after the last stop")]
    private static partial void LogNamesPutRight(ILogger logger, int count);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Error, Message = "Background work stopped until the next start: {What}")]
    private static partial void LogStopped(ILogger logger, string what, Exception exception);
}
