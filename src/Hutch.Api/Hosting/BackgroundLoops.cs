using Hutch.Datasets;
using Hutch.Datasets.Backups;
using Hutch.Site;
using Hutch.Site.Maintenance;
using Hutch.Types.Catalog;
using Hutch.Zone;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hutch.Api.Hosting;

/// <summary>
/// What runs by itself beside the requests: folding, hashing files in folders, housekeeping, copying the zone, backups, following changes
/// for search, reading types of the site, noting downloads, comparing names after a start.
/// </summary>
internal sealed partial class BackgroundLoops : BackgroundService
{
    private readonly AuthorizedServices _services;
    private readonly ILogger<BackgroundLoops> _logger;
    private readonly BackgroundWork[] _works;

    public BackgroundLoops(
        ZoneServices zone, SiteServices site, AuthorizedServices services, BackupSchedule backups, TypeLibrary types,
        TimeProvider time, ILogger<BackgroundLoops> logger)
    {
        _services = services;
        _logger = logger;
        _works =
        [
            Work("upkeep of the zone", zone.Upkeep.RunAsync),
            Work("sending mail", zone.MailSender.RunAsync),
            Work("folding", site.FoldScheduler.RunAsync),
            Work("hashing files in folders", site.FolderHasher.RunAsync),
            Work("housekeeping", site.Housekeeper.RunAsync),
            Work("making room in temporary data", site.TemporaryRoom.RunAsync),
            Work("backups", backups.RunAsync),
            Work("following changes for search", services.Search.RunAsync),
            Work("reading types of the site", types.RunAsync),
            Work("noting downloads", services.Downloads.RunAsync),
            Work("comparing names", CompareNamesAsync),
        ];

        BackgroundWork Work(string what, Func<CancellationToken, Task> run) => new(what, run, site.Warnings, time, logger);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_works.Select(work => work.RunAsync(stoppingToken)));

    private async Task CompareNamesAsync(CancellationToken ct)
    {
        int changes = await _services.Reconciler.RunAsync(ct);
        if (changes > 0)
        {
            LogNamesPutRight(_logger, changes);
        }
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Information, Message = "{Count} names were put right after the last stop")]
    private static partial void LogNamesPutRight(ILogger logger, int count);
}
