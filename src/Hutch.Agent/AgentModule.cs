using Hutch.Agent.Adopting;
using Hutch.Agent.Publishing;
using Hutch.Agent.Retention;
using Hutch.Agent.Retention.Eviction;
using Hutch.Agent.Rules;
using Hutch.Agent.Survey;
using Hutch.Agent.Watching;
using Hutch.Agent.Writing;
using Hutch.Datasets;
using Hutch.Disk;
using Hutch.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Hutch.Types.Catalog;
using Hutch.Zone;

namespace Hutch.Agent;

/// <summary>Publishes folders of the facility, at one of the servers that watch the same folders.</summary>
public sealed class AgentModule : IDisposable
{
    private const int MaxWarnings = 20;

    private readonly FacilityAgent _agent;
    private readonly FacilityFolders _folders;
    private readonly IJobLeases _leases;

    /// <param name="placement">Knows which sites hold bytes.</param>
    /// <param name="repositories">Takes the commits of adopted RIA stores; null where the door of git is closed.</param>
    public AgentModule(
        AgentSettings settings, ZoneServices zone, SiteServices site, DatasetModule datasets, FolderSharing sharing,
        PlacementModule placement, IAdoptedRepositories? repositories, TypeLibrary types, TimeProvider time, ILoggerFactory loggers)
    {
        _leases = site.Engine.Leases;
        AgentOptions options = settings.Agent;
        FolderRule[] rules = [.. options.Folders.Select(folder => FolderRule.From(folder).Value)];
        var limits = new YamlLimits(MaxBytes: options.MaxMetadataBytes);
        var survey = new FolderSurvey(rules, limits);
        var sessions = new FolderSessions();
        var queue = new FolderQueue();
        var watcher = new FolderWatcher(rules, queue, options.Watching, time, loggers.CreateLogger<FolderWatcher>());
        var account = new AgentAccount(zone.Authenticator, options);
        var states = new PublicationStates(site.Settings);
        var access = new PublishedAccess(zone.Names, zone.Authorizer, sharing, settings.Portal, time);
        var writer = new BlockWriter(limits, options.SideFolder is { } side ? () => MetadataFolder.OpenFollowing(side) : null);
        var texts = new FolderTexts(writer, new FolderClaim(zone.Id, settings.Portal) { FormerZone = zone.Sites.Zone?.FormerId }, time);
        var published = new PublishedFolders(sessions, queue, site.Heads, site.FolderRecords, options.Watching, time);
        var store = new RetentionStore(site.Settings);
        var retention = new RetentionRunner(
            published, store,
            new EvictionJudge(
                published, new CopyHolders(placement.Evictions, RetentionRunner.By), loggers.CreateLogger<EvictionJudge>()),
            zone.Notices, time, loggers.CreateLogger<RetentionRunner>())
        {
            AtZone = async (request, ct) => sharing.IsAtZone
                ? (await sharing.DoAsync((await account.CallerAsync(ct)).Value, request, ct)).Value.Told
                : null,
        };
        site.Warnings.Add(retention.Warning);
        var mail = new FolderMail(access, sharing);
        var plans = new PlanPublisher(
            sessions,
            new DatasetFinder(site.FolderRecords, site.Folders, datasets.Creation, states, survey, texts),
            FolderMappings.Open(LocalDisk.Instance, rules, types),
            new MetadataPublisher(site.Lifecycle, site.Metadata, site.Settings, site.Folders, time),
            access, new BlockPublisher(access, states, store, texts), mail, states, time);
        var files = new FolderFiles(site.Heads, site.FolderRecords, site.Folders, options.Watching, time);
        var publisher = new FolderPublisher(
            account, survey, sessions, plans, files,
            new AcquisitionEnd(site.FolderRecords, states, datasets.Snapshots, datasets.Lifecycle, site.HeadCompactor, mail, time),
            access,
            site.FolderRecords, texts, time);
        var adopted = new AdoptedFolderPublisher(
            sessions, files, new StoreFiles(site.FolderRecords, site.Folders, repositories, options.Watching, time), site.FolderRecords,
            options.Watching, time);
        _agent = new FacilityAgent(
            rules, queue, watcher, sessions, publisher, adopted, site.FolderRecords, retention, time,
            loggers.CreateLogger<FacilityAgent>());
        var roots = new AdoptionRoots(settings.Adopt, rules, OwnFolders(settings));
        var adoptions = new Adoptions(
            new AdoptionSurvey(roots, site.FolderRecords, settings.Limits, options.Watching, time),
            new StoreSurvey(roots, site.FolderRecords, repositories, settings.Limits, options.Watching),
            adopted, site.FolderRecords, sessions, queue);
        _folders = new FacilityFolders(
            queue, watcher, sessions, new InviteDrafts(rules, site.FolderRecords, account, access, zone.Mailbox), retention,
            new RetentionService(published, store, retention, time), adoptions, time)
        {
            IsElsewhere = _leases.HasOthers,
        };
        var loops = new LoopFactory(site.Warnings, _leases, time, loggers.CreateLogger<AgentModule>());
        Loops = [loops.Leased(IJobLeases.WatchingFolders, WatchAsync)];
        site.Warnings.AddMany(Warnings);
    }

    public IFacilityFolders Folders => _folders;

    public IReadOnlyList<BackgroundTask> Loops { get; }

    internal FacilityAgent Agent => _agent;

    /// <summary>Reads the mappings that the options name.</summary>
    /// <exception cref="HutchException">One cannot be read, or is no mapping.</exception>
    public static void RequireMappings(IDisk disk, AgentOptions options)
    {
        FolderMappings.Require(disk, options.Folders.Select(folder => folder.Mapping).OfType<string>());
    }

    /// <summary>The portal's address, which the agent needs when the options name folders.</summary>
    /// <exception cref="HutchException">Folders are watched, and <paramref name="portal"/> is not known.</exception>
    public static Uri RequirePortal(Uri? portal) => portal ?? throw ErrorCode.BadConfiguration.With(
        "The agent writes links into metadata files: set 'server.publicUrl' to the URL of the portal.").ToException();

    public void Dispose() => _agent.Dispose();

    private static Dictionary<string, string> OwnFolders(AgentSettings settings)
    {
        Dictionary<string, string> own = [];
        if (settings.DataFolder is { } data)
        {
            own["the data folder of the server"] = data;
        }

        if (settings.Agent.SideFolder is { } side)
        {
            own["'agent.sideFolder'"] = side;
        }

        return own;
    }

    private async Task WatchAsync(CancellationToken ct)
    {
        _folders.IsElsewhere = false;
        try
        {
            await _agent.RunAsync(ct);
        }
        finally
        {
            _folders.IsElsewhere = _leases.HasOthers;
        }
    }

    private IEnumerable<SiteWarning> Warnings() => _folders.IsElsewhere ? [] :
    [
        .. _folders.Parents
            .SelectMany(parent => parent.Notices.Select(text => new SiteWarning(
                "folder-watch", $"{Display.Name(parent.Path)}: {text}", "`hutch agent status` lists what hinders the watching of folders.")
            {
                IsConfidential = true,
            }))
            .Take(MaxWarnings),
        .. _folders.Folders.Where(folder => folder.Problem is not null)
            .Select(folder => new SiteWarning(
                "folder-attention", $"{Display.Name(folder.Folder)}: {folder.Problem}",
                "`hutch agent status --state attention` lists the folders that need attention.")
            {
                IsConfidential = true,
            })
            .Take(MaxWarnings),
    ];
}
