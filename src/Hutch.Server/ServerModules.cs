using Hutch.Agent;
using Hutch.Agent.Adopting;
using Hutch.Analysis.Steps;
using Hutch.Api.Http;
using Hutch.DataLad;
using Hutch.Datasets;
using Hutch.Datasets.Facility;
using Hutch.Federation;
using Hutch.Federation.Keys;
using Hutch.Messaging.Callbacks;
using Hutch.Messaging.Recipes;
using Hutch.Previews;
using Hutch.Processing;
using Hutch.Programs;
using Hutch.Programs.Engines;
using Hutch.S3;
using Hutch.S3.Hosting;
using Hutch.Worker;

namespace Hutch.Server;

/// <summary>
/// The composition root: each capability is a module, made here from the zone, the site and the modules that it uses, in this order.
/// Nothing is looked up. Modules that own resources are disposed of in the reverse order.
/// </summary>
internal sealed class ServerModules : IAsyncDisposable
{
    private readonly Stack<object> _owned = [];

    public ServerModules(
        ServeOptions options, string dataFolder, ZoneServices zone, SiteServices site, TypeLibrary types, IServerCertificates? certificates,
        IMemoryPoolFactory<byte> memory, ILoggerFactory loggers)
    {
        TimeProvider time = options.Time;
        Uri? url = options.Zone.PublicUrl;
        AnalysisWorkerOptions analysis = options.Analysis ?? new AnalysisWorkerOptions();
        var runs = new RunServices(site, time, analysis.MaxRunsPerAccount);
        var queues = new RecipeQueues(options.Bus, url);
        Bus = options.Analysis is null ? null : Own(new BusModule(site, options.Bus, dataFolder, time, loggers));
        Worker = Bus is null
            ? null
            : Own(new WorkerModule(zone, site, runs, Bus, queues, options.Callbacks, options.Datagrams, analysis, time, loggers));
        PreviewModule previews = Own(new PreviewModule(options.Look, options.Reader, Worker, analysis, dataFolder, time, loggers));
        var readers = new ReaderModule(
            zone, types, AnalysisSteps.Catalog, previews.Pictures, previews.Trials, previews.VirtualFiles, previews.Contents,
            previews.Thumbnails, time);
        Access = new AccessModule(zone, site, time);
        Repositories = new RepositoryModule(zone, site, Access, time);
        GitStore = options.DataLad is { } git
            ? Own(new GitStoreModule(site, Repositories, () => zone.Id, git, dataFolder, time, loggers))
            : null;
        SiteKeyStore signer = Own(new SiteKeyStore(LocalDisk.Instance, dataFolder, zone.Sites, options.SiteName));
        Peers = options.Sites is { } sites ? Own(new PeerModule(zone, site, readers, signer, sites, dataFolder, time, loggers)) : null;
        Folders = new FolderSharing(
            zone.Authorizer, zone.Invites, zone.Sharing, zone.Publications, zone.Notices, zone.Mailbox, zone.Sites, Peers?.Folders, url);
        Reading = new ReadingModule(zone, site, readers, Peers?.Reads);
        Search = new SearchModule(zone, site, Reading, types, Peers?.Searches, time);
        Federation = Peers is null
            ? null
            : Own(new FederationModule(
                zone, site, Peers, Folders, Search, Passed, GitStore?.Check, memory, options.Notice));
        Names = new NameModule(zone, site, Federation?.Network, time);
        Datasets = new DatasetModule(zone, site, Access, Reading, Names, runs, Search, Peers?.Quotas, time);
        Files = new FileModule(
            zone, site, Access, Reading, Repositories, GitStore?.Names, GitStore?.Subdatasets, GitStore?.Claims, signer, time);
        Runs = new RunModule(
            zone, site, Reading, Names, runs, AnalysisSteps.Catalog, Worker?.Dispatcher, queues,
            Worker?.Callbacks ?? new CallbackAddresses(options.Callbacks), time)
        {
            Addresses = Worker?.Addresses,
        };
        Programs = Own(new ProgramModule(
            zone, site, Names, Reading, Runs, types, new ConfiguredPrograms(options.Programs, EnginesOf(options, dataFolder)),
            new OtherSites(Peers?.Starts, signer), time, loggers.CreateLogger<ProgramModule>()));
        Federation?.Serve(Programs.Starter);
        Publications = new PublicationModule(zone, site, Reading, Federation?.Network, time);
        Sites = new SitesModule(zone, site, signer, Federation?.Network, time);
        Placement = new PlacementModule(
            zone, site, types, Programs.Queue, Sites, signer, Federation?.Network, Federation?.Evictions, time);
        Git = GitStore is null ? null : Own(new GitModule(zone, site, Access, Repositories, Datasets, GitStore, time));
        AgentSettings agent = AgentOf(options, dataFolder);
        Agent = agent.IsOn
            ? Own(new AgentModule(agent, zone, site, Datasets, Folders, Placement, Git?.Adopted, types, time, loggers))
            : null;
        IFacilityFolders? folders = options.Facility ?? Agent?.Folders;
        WatchesFolders = folders is not null;
        Facility = new SharedFacility(folders, site.Engine.Others);
        Operations = new OperationsModule(zone, site, Reading, Runs, Bus?.Depths, Bus?.Queues, () => WatchedBy(folders), time);
        S3 = options.S3 is { } s3 && S3Module.IsOn(s3)
            ? Own(new S3Module(s3, zone, site, Access, Reading, Datasets, Files, time, loggers)
                .Listen(memory, certificates, options.Notice, options.Sockets))
            : null;
    }

    public BusModule? Bus { get; }

    public WorkerModule? Worker { get; }

    public AccessModule Access { get; }

    public RepositoryModule Repositories { get; }

    public GitStoreModule? GitStore { get; }

    public PeerModule? Peers { get; }

    public FolderSharing Folders { get; }

    public FederationModule? Federation { get; }

    public ReadingModule Reading { get; }

    public SearchModule Search { get; }

    public NameModule Names { get; }

    public DatasetModule Datasets { get; }

    public FileModule Files { get; }

    public RunModule Runs { get; }

    public ProgramModule Programs { get; }

    public PublicationModule Publications { get; }

    public SitesModule Sites { get; }

    public PlacementModule Placement { get; }

    public AgentModule? Agent { get; }

    public SharedFacility Facility { get; }

    public OperationsModule Operations { get; }

    public S3Server? S3 { get; }

    public GitModule? Git { get; }

    /// <summary>The address at which programs on this machine reach the server; set when it listens.</summary>
    public NodeServer? OwnServer { get; set; }

    public ForwardedRequests Passed { get; } = new();

    public bool WatchesFolders { get; }

    public IEnumerable<IDoor> Doors => new[] { Federation?.Door, S3 }.OfType<IDoor>();

    /// <summary>Doors and loops in the order in which they start; they stop in the reverse order.</summary>
    public IEnumerable<IHostedService> Hosted(IReadOnlyList<BackgroundTask> sites) =>
        new IHostedService?[]
        {
            Bus is { Loops.Count: > 0 } ? new LoopHost(Bus.Loops) : null,
            Worker is null ? null : new LoopHost(Worker.Loops),
            Agent is null ? null : new LoopHost(Agent.Loops),
            Federation?.Listener,
        }
        .Concat((Federation?.Loops ?? []).Concat(sites).Select(loop => new LoopHost([loop])))
        .Concat([S3, GitStore is { Loops.Count: > 0 } ? new LoopHost(GitStore.Loops) : null])
        .OfType<IHostedService>();

    public async ValueTask DisposeAsync()
    {
        while (_owned.TryPop(out object? module))
        {
            if (module is IAsyncDisposable waiting)
            {
                await waiting.DisposeAsync();
            }
            else
            {
                ((IDisposable)module).Dispose();
            }
        }
    }

    private IReadOnlyList<IProgramEngine> EnginesOf(ServeOptions options, string dataFolder)
    {
        if (options.Engines is not null || options.Node is not { } node || options.Programs.Folder is null)
        {
            return options.Engines ?? [];
        }

        ProgramOptions programs = options.Programs;
        string scratch = programs.Scratch ?? Path.Combine(dataFolder, "programs-scratch");
        var local = new LocalEngine(node, programs, scratch, () => OwnServer, options.Time)
        {
            KeepFreeBytes = ScratchDisk.KeepFreeBytes(dataFolder, scratch, options.Site.Segments.ReserveBytes),
        };
        return [local, .. BatchEngine.All(node, programs, () => OwnServer, new CommandRunner(options.Time), options.Time)];
    }

    private static AgentSettings AgentOf(ServeOptions options, string dataFolder)
    {
        var settings = new AgentSettings(options.Agent, options.Adopt)
        {
            DataFolder = dataFolder,
            Limits = new AdoptionLimits(
                options.Site.Folders.HashBytesPerSecond, (options.DataLad ?? new DataLadOptions()).MaxFiles),
        };
        return options.Agent.Folders.Count == 0
            ? settings
            : settings with { Portal = AgentModule.RequirePortal(options.AgentPortal ?? options.Zone.PublicUrl) };
    }

    private static IReadOnlyList<string> WatchedBy(IFacilityFolders? agent) =>
        agent is { IsElsewhere: false } here ? [.. here.Parents.Select(static parent => parent.Path)] : [];

    private T Own<T>(T module)
        where T : notnull
    {
        _owned.Push(module);
        return module;
    }
}
