using Hutch.Api.Publishing;
using Hutch.Datasets;
using Hutch.Datasets.Backups;
using Hutch.Datasets.Facility;
using Hutch.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Hutch.Types.Catalog;
using Hutch.Zone;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hutch.Api.Hosting;

/// <summary>
/// What runs by itself beside the requests: folding, hashing files in folders, housekeeping, copying the zone, backups, following changes
/// for search, reading types of the site, noting downloads, making pictures of what is closed, comparing names after a start, giving memory
/// back after a load.
/// </summary>
/// <remarks>
/// Where several servers run a site, what has a lease goes on at one of them. The rest goes on at each: it serves this server alone (its
/// index for search, its types, its downloads, its attempts to log in), or takes its work row by row (mail, DOIs), or finds nothing left to
/// do where another one was first (sessions to forget, names to put right).
/// </remarks>
internal sealed partial class BackgroundLoops : BackgroundService
{
    private readonly AuthorizedServices _services;
    private readonly ILogger<BackgroundLoops> _logger;
    private readonly BackgroundWork[] _works;

    public BackgroundLoops(
        ZoneServices zone, SiteServices site, AuthorizedServices services, BackupSchedule backups, TypeLibrary types,
        TimeProvider time, ILogger<BackgroundLoops> logger, ServeOptions options, IFacilityFolders? folders = null)
    {
        _services = services;
        _logger = logger;

        var texts = new DoiTexts(services.PublicationReader, options.Zone.PublicUrl, time);

        // Where several servers run a site, those that watch folders are those that reach the files in them.
        bool seesFolders = folders is not null || !site.Engine.Leases.HasOthers;
        _works =
        [
            Work("upkeep of the zone", zone.Upkeep.RunAsync),
            Work("sending mail", zone.MailSender.RunAsync),
            Work("registering DOIs", ct => zone.DoiRegistrar.RunAsync(texts, ct)),
            Leased("folding", site.FoldScheduler.RunAsync),
            .. seesFolders ? [Leased("hashing files in folders", site.FolderHasher.RunAsync)] : (BackgroundWork[])[],
            Leased("housekeeping", site.Housekeeper.RunAsync),
            Work("making room in temporary data", site.TemporaryRoom.RunAsync),
            Leased("backups", backups.RunAsync),
            Work("following changes for search", services.Search.RunAsync),
            Work("reading types of the site", types.RunAsync),
            Work("noting downloads", services.Downloads.RunAsync),
            Work("making pictures of datasets that are closed", services.ClosedPictures.RunAsync),
            Work("comparing names", CompareNamesAsync),
            Work("giving memory back", new MemoryAtRest(time).RunAsync),
            .. site.EngineLoops.Select(loop => Holding(loop.Job, loop.RunAsync)),
        ];

        BackgroundWork Leased(string job, Func<CancellationToken, Task> run) =>
            Holding(job, (_, ct) => run(ct));

        BackgroundWork Holding(string job, Func<IJobLease, CancellationToken, Task> run) =>
            Work(job, new LeasedWork(site.Engine.Leases, job, run, time).RunAsync);

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

        await _services.FollowedNames.RunAsync(ct);
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Information, Message = "{Count} names were put right after the last stop")]
    private static partial void LogNamesPutRight(ILogger logger, int count);
}
