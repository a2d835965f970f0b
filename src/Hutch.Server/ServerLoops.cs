using Hutch.Datasets;
using Hutch.Datasets.Programs;
using Hutch.Datasets.Registry;
using Hutch.Datasets.Replication.Placement;

namespace Hutch.Server;

/// <summary>
/// The loops of the zone and the site. Where several servers run a site, a loop with a lease runs at one of them. The others run at each:
/// they serve this server alone (its index for search, its types, its downloads, its attempts to log in), or take their work row by row
/// (mail, DOIs), or find nothing left to do where another one was first (expired sessions, names to put right).
/// </summary>
internal static partial class ServerLoops
{
    public static BackgroundTask[] From(
        ZoneServices zone, SiteServices site, ServerModules modules, BackupSchedule backups, TypeLibrary types, ServeOptions options,
        ILoggerFactory loggers)
    {
        ILogger logger = loggers.CreateLogger(typeof(ServerLoops));
        var loops = new LoopFactory(site.Warnings, site.Engine.Leases, options.Time, logger);
        var texts = RestModule.DoiTexts(modules.Publications, options.Zone.PublicUrl, options.Time);

        // Where several servers run a site, those that watch folders are those that reach the files in them.
        bool seesFolders = modules.WatchesFolders || !site.Engine.Leases.HasOthers;
        return
        [
            loops.Everywhere("upkeep of the zone", zone.Upkeep.RunAsync),
            loops.Everywhere("sending mail", zone.MailSender.RunAsync),
            loops.Everywhere("registering DOIs", ct => zone.DoiRegistrar.RunAsync(texts, ct)),
            loops.Leased("folding", site.CompactionScheduler.RunAsync),
            .. seesFolders ? [loops.Leased("hashing files in folders", site.FolderHasher.RunAsync)] : (BackgroundTask[])[],
            loops.Leased("housekeeping", site.Housekeeper.RunAsync),
            loops.Everywhere("making room in temporary data", site.TemporaryDataLimit.RunAsync),

            // A server without a folder for backups, or without engines, must not have the lease of one that has them.
            .. options.Backup.Folder is null ? (BackgroundTask[])[] : [loops.Leased("backups", backups.RunAsync)],
            loops.Everywhere("following changes for search", modules.Search.Index.RunAsync),
            loops.Everywhere("reading types of the site", types.RunAsync),
            loops.Everywhere("reading programs of the site", modules.Programs.Library.RunAsync),
            .. modules.Programs.Queue.Engines.Count == 0
                ? (BackgroundTask[])[]
                :
                [
                    loops.Leased(ProgramDispatcher.Job, modules.Programs.Dispatcher.RunAsync),
                    loops.Everywhere("checking the engines of programs", modules.Programs.Checks.RunAsync),
                ],
            loops.Leased(ExpiryNotices.Job, modules.Datasets.ExpiryNotices.RunAsync),
            loops.Everywhere("noting downloads", modules.Access.Downloads.RunAsync),
            loops.Everywhere("making pictures of datasets that are closed", modules.Reading.ThumbnailPrefetcher.RunAsync),
            loops.Everywhere("comparing names", ct => CompareNamesAsync(modules.Names, logger, ct)),
            loops.Everywhere("giving memory back", new IdleMemoryRelease(options.Time).RunAsync),
            .. site.EngineLoops.Select(loop => loops.Leased(loop.Job, loop.RunAsync)),
        ];
    }

    public static BackgroundTask[] OfSites(SiteServices site, ServerModules modules, TimeProvider time, ILoggerFactory loggers)
    {
        var loops = new LoopFactory(site.Warnings, site.Engine.Leases, time, loggers.CreateLogger(typeof(ServerLoops)));
        return
        [
            loops.Everywhere("collecting metadata of other sites for search", modules.Search.Cards.RunAsync),
            loops.Everywhere("lasting names for datasets made without the zone", modules.Names.Provisional.RunAsync),
            loops.Leased(PlacementExecutor.Job, modules.Placement.Placement.RunAsync),
        ];
    }

    private static async Task CompareNamesAsync(NameModule names, ILogger logger, CancellationToken ct)
    {
        int changes = await names.Reconciler.RunAsync(ct);
        if (changes > 0)
        {
            LogNamesPutRight(logger, changes);
        }

        await names.Followed.RunAsync(ct);
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Information, Message = "{Count} names were put right after the last stop")]
    private static partial void LogNamesPutRight(ILogger logger, int count);
}
