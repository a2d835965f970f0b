using Hutch.Datasets.Analyses;
using Hutch.Datasets.Events;
using Hutch.Datasets.Extraction;
using Hutch.Datasets.Files;
using Hutch.Datasets.Publishing;
using Hutch.Datasets.Purges;
using Hutch.Datasets.Pushes;
using Hutch.Datasets.Registry;
using Hutch.Datasets.Replication.Placement;
using Hutch.Datasets.Replication.Sites;
using Hutch.Datasets.Repositories;
using Hutch.Datasets.Search;
using Hutch.Datasets.Servers;
using Hutch.Datasets.Thumbnails;
using Hutch.Datasets.Types;
using Hutch.Datasets.Upkeep;
using Hutch.Datasets.Versions;
using Hutch.Disk;
using Hutch.Messaging.Callbacks;
using Hutch.Messaging.RabbitMq;
using Hutch.Messaging.Recipes;
using Hutch.Model.Analyses;
using Hutch.Processing;
using Hutch.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Life.Quotas;
using Hutch.Site.Write.Committing;
using Hutch.Types.Catalog;
using Hutch.Zone;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Grants;
using Hutch.Zone.Logins;
using Hutch.Zone.Mail;
using Hutch.Zone.OpenId;

namespace Hutch.Datasets;

/// <summary>
/// What every protocol uses: each service takes a caller, asks the one authorization point, and only then touches the zone's names or
/// the site's records. It knows no protocol. The zone's own services are among them, as they ask by themselves.
/// </summary>
public sealed class AuthorizedServices
{
    private readonly ZoneServices _zone;
    private readonly FreshView _fresh;
    private readonly TimeProvider _time;
    private readonly HostParts _host;

    /// <summary>Joins a zone and a site of the same process.</summary>
    public AuthorizedServices(ZoneServices zone, SiteServices site, RunServices runs, TimeProvider time, HostParts host)
        : this(zone, site, runs, time, host, null)
    {
    }

    private AuthorizedServices(
        ZoneServices zone, SiteServices site, RunServices runs, TimeProvider time, HostParts host, DownloadLog? downloads)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(host);
        StepCatalog steps = host.Steps ?? new StepCatalog([]);
        var describer = new DatasetDescriber(zone.Authorizer, DatasetsHere.Of(site));
        Describer = describer;
        var parents = new ParentFinder(zone.Authorizer, zone.Names, site.Heads, site.Freshness, zone.Sites, time);
        var lasting = new RightRecheck(zone.Authenticator, zone.Authorizer);
        _zone = zone;
        _fresh = site.Fresh;
        _time = time;
        _host = host;
        Authenticator = zone.Authenticator;
        Authorizer = zone.Authorizer;
        Accounts = zone.Accounts;
        Logins = zone.Logins;
        OpenId = zone.OpenId;
        Mailbox = zone.Mailbox;
        Invites = zone.Invites;
        Sharing = zone.Sharing;
        Steps = new StepService(zone.StepTokens, zone.Sites, host.Questions);
        Links = new LinkService(zone.Authorizer, zone.Sharing, zone.Sites, host.Questions, host.PublicUrl);
        Reconciler = new NameReconciler(zone.Names, zone.GivenNames, site.Records, site.Lifecycle, host.Network);
        ProvisionalNames = new ProvisionalNames(zone.GivenNames, Reconciler, site.Records, host.Network, time);
        site.Warnings.AddMany(ProvisionalNames.Warnings);
        FollowedNames = new FollowedNames(zone.Names, zone.Changes, Reconciler, site.Records);
        TypeLibrary types = host.Types ?? new TypeLibrary(LocalDisk.Instance, null, time);
        zone.Summaries.Types = types;
        Search = new SearchIndex(
            site.Words, site.Records, new SearchFiles(site.Records, site.Heads, time), zone.Changes, zone.Accounts, types, time);
        Datasets = new DatasetService(zone.Names, describer, new DatasetLister(describer, zone.Summaries, zone.Sites), Search, types);
        Finding = new DatasetSearch(describer, Search, types);
        Creation = new CreationService(describer, parents, zone.Names, Reconciler, site.Lifecycle, site.HeadFolder, runs.Registry);
        var everywhere = new EverywhereDescriber(this, zone.Sites, host.Reads);
        site.Committer.TakeOvers = new TakeOvers((dataset, ct) => zone.Homes.IsAtAsync(dataset, zone.Sites.OwnId, ct));
        WritePlaces = new WritePlaces(zone.Authorizer, zone.Sites, zone.SiteReaders, site.Heads);
        Edits = new DatasetEditService(describer, zone.Names, Reconciler, zone.Sharing, site.Lifecycle, everywhere, WritePlaces);
        Ownership = new OwnershipService(
            describer, everywhere, zone.Ownership, Reconciler, zone.Accounts, zone.Sites, new OwnerRoom(site.Quotas, site.HeadFolder),
            host.Questions);
        AccessRequests = new AccessRequestService(zone.AccessRequests, site.Heads);
        Entries = new EntryService(zone.Authorizer, site.Heads, site.HeadFolder, site.Blobs, runs.Registry, host.VirtualFiles);
        Frames = new FrameService(Entries, steps, host.Pictures, host.Trials);
        Contents = new ContentService(Entries, host.Contents);
        Thumbnails = new ThumbnailService(Entries, host.Contents, host.Pictures, host.Thumbnails);
        ClosedPictures = new ClosedPictures(Thumbnails);
        Lifecycle = new LifecycleService(
            describer, zone.Accounts, zone.Publications, zone.AccessRequests, site.Lifecycle, site.Keeper, site.Heads, site.HeadFolder,
            site.Jobs, site.CopyEnds, ClosedPictures);
        EntryChanges = new EntryChangeService(
            lasting, zone.Authorizer, site.Entries, site.Intake, site.Blobs.Awaited, site.Lanes, site.Quotas, time);
        EntryCopies = new EntryCopyService(EntryChanges, site.Entries, site.Blobs, site.Operations);
        Snapshots = new SnapshotService(zone.Authorizer, site.Records, site.Heads, site.HeadFolder, site.HeadReverter, site.Snapshots);
        Moves = new MoveService(zone.Authorizer, site.Records, site.Heads, site.HeadMover);
        KeptVersions = new KeptVersionService(
            zone.Authorizer, zone.Names, zone.Sites, site.Records, site.Heads, site.Snapshots, site.Blobs);
        Repositories = new RepositoryService(
            lasting, zone.Authorizer, site.Records, site.Heads, site.HeadFolder, site.Pushes, site.Repositories, site.Intake, site.Lanes,
            site.Quotas, WritePlaces, time);
        KeyUploads = new KeyUploads(
            Repositories, KeptVersions, lasting, site.Records, site.Pushes, site.Repositories, site.Blobs, site.Quotas);
        OldKeys = new OldKeys(site.Records, site.Repositories);
        SentContent = new SentContent(zone.Authorizer, site.Heads, site.Records, site.Pushes, OldKeys, host.KeyNames, time);
        Metadata = new MetadataService(zone.Authorizer, site.Heads, site.Metadata);
        Personal = new PersonalDataService(zone.Authorizer, site.Settings);
        Types = new TypeService(types, Metadata, site.Metadata);
        Suggestions = new SuggestionService(Entries, Contents, Metadata, Types);
        site.Warnings.AddMany(Types.Warnings);
        Uploads = new UploadService(lasting, zone.Authorizer, site.Uploads, time);
        Settings = new SettingService(zone.Authorizer, site.Settings);
        Pushes = new PushService(lasting, zone.Authorizer, site.Records, site.Heads, site.Pushes);
        Downloads = downloads ?? new DownloadLog(zone.Changes, time);
        Reading = new ReadGuard(lasting, Downloads);
        Fetches = new FetchService(zone.Authorizer, site.Heads, site.Blobs);
        Verify = new VerifyService(Entries, site.Verifier);
        site.Warnings.Add(() => zone.Damage is { } damage ? new SiteWarning("accounts-damaged", damage, zone.WayBack) : null);
        Jobs = new JobService(site.Jobs, site.Warnings);
        Storage = new StorageService(zone.Accounts, site.Quotas, site.Files);
        DateTimeOffset started = time.GetUtcNow();
        ServerStates = new ServerStates(site.Engine.Others, () => StateOf(site, host, started), time);
        Activity = new ActivityService(zone.Accounts, ServerStates, Storage, Jobs, time);
        Health = new HealthService(site.Engine, () => site.AppliedSequence, site.Committer, site.Warnings, ServerStates);
        SharedWork = new SharedWork(host.Dispatcher, site.Engine.Others);
        Live = new LiveService(zone.Authorizer, SharedWork, Health, ServerStates, host.Broker, time);
        DatasetActivity = new DatasetActivityService(zone.Authorizer, zone.Changes, site.Heads, site.Records);
        Events = new EventService(zone.Authorizer, zone.Authenticator, site.Records, site.Events, time);
        Analyses = new AnalysisService(
            zone.Authenticator, zone.Authorizer, Reconciler, site.Heads, site.HeadFolder, runs.Registry, runs.Results,
            steps, host.Queues ?? new RecipeQueues(new BusOptions()), host.Callbacks ?? new CallbackAddresses(new CallbackOptions()), time);
        Work = new WorkService(host.Dispatcher, steps);
        Confirmations = new SiteConfirmations(zone.Sites, host.Network, time);
        Sites = new SiteService(zone.Sites, site.Records, Confirmations, host.Network);
        SiteCheck = new SiteCheck(site.Records, site.Blobs, host.Network);
        Copies = new CopyService(zone.Copies, zone.Homes, zone.Losses, host.Network, time);
        Evictions = new EvictionService(zone.Authorizer, zone.Accounts, zone.Sites, zone.Copies, site.Evictions, host.Evictions);
        Purges = new PurgeService(zone.Purges, host.Network);
        var facts = new FactReader(site.Records, site.Files, zone.Summaries, types, Confirmations, host.Network, time);
        Publications = new PublicationService(zone.Publications, describer, host.Network, time);
        PublicationReader = new PublicationReader(Publications, this, site.Heads, time);
        Rules = new RuleService(zone.Rules, zone.Placements, facts, types, host.Network, time);
        Placement = new PlacementWork(
            zone.Placements, zone.Homes, zone.Summaries, types, zone.CopyNotices, facts, zone.Changes, site.Records, time);
        Places = new ReadPlaces(this, site.Heads, site.Freshness, zone.Sites, zone.Summaries, host.Reads);
        Entries.WholeHeads = Places;
        OwnedFiles = new OwnedFiles(site.Blobs, site.Fresh);
        Runs = new RunService(zone.Authorizer, runs.Registry, describer, site.Heads, SharedWork, time);
        ExternalRuns = new ExternalRunService(zone.Authorizer, site.Heads, runs.Registry);
    }

    /// <inheritdoc cref="ZoneServices.Id"/>
    public string ZoneId => _zone.Id;

    public Authenticator Authenticator { get; }

    public Authorizer Authorizer { get; }

    public AccountService Accounts { get; }

    public LoginService Logins { get; }

    public OidcLogins OpenId { get; }

    public Mailbox Mailbox { get; }

    public Invites Invites { get; }

    public Sharing Sharing { get; }

    /// <summary>Tokens for steps of programs.</summary>
    public StepService Steps { get; }

    /// <summary>Share links.</summary>
    public LinkService Links { get; }

    /// <summary>Requests to read datasets.</summary>
    public AccessRequestService AccessRequests { get; }

    public DatasetService Datasets { get; }

    public DatasetSearch Finding { get; }

    public CreationService Creation { get; }

    /// <summary>Tells the zone of datasets that were made while it could not be reached.</summary>
    public ProvisionalNames ProvisionalNames { get; }

    /// <summary>Tells the records of a site what its zone has changed of names.</summary>
    public FollowedNames FollowedNames { get; }

    /// <summary>Describes the datasets that are here, or read through.</summary>
    internal DatasetDescriber Describer { get; }

    public DatasetEditService Edits { get; }

    public OwnershipService Ownership { get; }

    public LifecycleService Lifecycle { get; }

    public SearchIndex Search { get; }

    public EntryService Entries { get; }

    public FrameService Frames { get; }

    public ContentService Contents { get; }

    public ThumbnailService Thumbnails { get; }

    /// <summary>Makes the pictures of datasets that are closed.</summary>
    public ClosedPictures ClosedPictures { get; }

    public EntryChangeService EntryChanges { get; }

    public EntryCopyService EntryCopies { get; }

    public SnapshotService Snapshots { get; }

    /// <summary>Moving and removing files and folders.</summary>
    public MoveService Moves { get; }

    public KeptVersionService KeptVersions { get; }

    public RepositoryService Repositories { get; }

    public KeyUploads KeyUploads { get; }

    public OldKeys OldKeys { get; }

    public SentContent SentContent { get; }

    public MetadataService Metadata { get; }

    public PersonalDataService Personal { get; }

    public TypeService Types { get; }

    /// <summary>What files say of their datasets.</summary>
    public SuggestionService Suggestions { get; }

    public UploadService Uploads { get; }

    public SettingService Settings { get; }

    public PushService Pushes { get; }

    public FetchService Fetches { get; }

    public DownloadLog Downloads { get; }

    public ReadGuard Reading { get; }

    public VerifyService Verify { get; }

    public HealthService Health { get; }

    public JobService Jobs { get; }

    public StorageService Storage { get; }

    public ActivityService Activity { get; }

    public LiveService Live { get; }

    public DatasetActivityService DatasetActivity { get; }

    public EventService Events { get; }

    public AnalysisService Analyses { get; }

    public RunService Runs { get; }

    /// <summary>Runs that their callers carry out.</summary>
    public ExternalRunService ExternalRuns { get; }

    public WorkService Work { get; }

    public SiteConfirmations Confirmations { get; }

    public SiteService Sites { get; }

    public SiteCheck SiteCheck { get; }

    public CopyService Copies { get; }

    /// <summary>Whether bytes are here or held by other sites.</summary>
    public EvictionService Evictions { get; }

    /// <summary>What ends at every site.</summary>
    public PurgeService Purges { get; }

    /// <summary>Where datasets are read from.</summary>
    public ReadPlaces Places { get; }

    /// <summary>Where datasets are changed.</summary>
    public WritePlaces WritePlaces { get; }

    public RuleService Rules { get; }

    public PublicationService Publications { get; }

    /// <summary>What is published, for everybody.</summary>
    public PublicationReader PublicationReader { get; }

    /// <summary>Asks sites for the copies that rules want, for the host to run.</summary>
    public PlacementWork Placement { get; }

    /// <summary>For the other servers of the site, which have asked what is authorized here.</summary>
    public OwnedFiles OwnedFiles { get; }

    /// <summary>How runs stand, for this server and the others.</summary>
    public SharedWork SharedWork { get; }

    /// <summary>What the servers of the site say of themselves.</summary>
    public ServerStates ServerStates { get; }

    public NameReconciler Reconciler { get; }

    /// <summary>The same for what a cache of another site's datasets has: read only, and noted in the same log.</summary>
    public AuthorizedServices Over(SiteServices cache) =>
        new(_zone, cache, new RunServices(cache, _time), _time, _host with { Reads = null }, Downloads);

    /// <summary>
    /// Every door calls this before it answers: whatever any server of the site had acknowledged before is then shown, also in a refusal, a
    /// list, or an answer that nothing has changed. Complete at once where there is one server.
    /// </summary>
    /// <exception cref="Hutch.Model.HutchException">That cannot be said now.</exception>
    public ValueTask MakeCurrentAsync(CancellationToken ct)
    {
        // Both are asked at the same time.
        ValueTask zone = _zone.Changes.MakeCurrentAsync(ct);
        ValueTask site = _fresh.AwaitAsync(ct);
        return zone.IsCompletedSuccessfully ? site : new ValueTask(Task.WhenAll(site.AsTask(), zone.AsTask()));
    }

    /// <summary>
    /// Every door calls this when a request comes, and disposes of the result when it is answered: meanwhile the zone is asked only once
    /// whether it has changed.
    /// </summary>
    public IDisposable? BeginRequest() => _zone.Changes.BeginRequest();

    private static ServerState StateOf(SiteServices site, HostParts host, DateTimeOffset started)
    {
        var own = new OwnLoads(site.Blobs.Work);
        return new ServerState
        {
            Version = typeof(AuthorizedServices).Assembly.GetName().Version!.ToString(3),
            Started = started,
            Applied = site.AppliedSequence,
            Failure = site.Committer.Failure,
            Watched = host.Watched?.Invoke() ?? [],
            Classes = own.Classes(),
            Transfers = own.Transfers(),
            Captures = site.Blobs.Work.Registry.Captures.Read(),
        };
    }
}
