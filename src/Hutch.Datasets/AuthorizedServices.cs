using Hutch.Datasets.Analyses;
using Hutch.Datasets.Backups;
using Hutch.Datasets.Events;
using Hutch.Datasets.Files;
using Hutch.Datasets.Pushes;
using Hutch.Datasets.Registry;
using Hutch.Datasets.Search;
using Hutch.Datasets.Upkeep;
using Hutch.Datasets.Versions;
using Hutch.Model.Analyses;
using Hutch.Site;
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
/// What every door uses: each service takes a caller, asks the one authorization point, and only then touches the zone's names or
/// the site's records. It knows no protocol. The zone's own services are among them, as they ask by themselves.
/// </summary>
public sealed class AuthorizedServices
{
    /// <summary>Joins a zone and a site of the same process.</summary>
    public AuthorizedServices(
        ZoneServices zone, SiteServices site, TimeProvider time, BackupSchedule? backups = null, StepCatalog? steps = null)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentNullException.ThrowIfNull(site);
        var describer = new DatasetDescriber(zone.Authorizer, site.Records, site.Heads, site.HeadVersions);
        var parents = new ParentFinder(zone.Authorizer, zone.Names, site.Heads);
        var lasting = new RightRecheck(zone.Authenticator, zone.Authorizer);
        Authenticator = zone.Authenticator;
        Authorizer = zone.Authorizer;
        Accounts = zone.Accounts;
        Logins = zone.Logins;
        OpenId = zone.OpenId;
        Mailbox = zone.Mailbox;
        Invites = zone.Invites;
        Sharing = zone.Sharing;
        Reconciler = new NameReconciler(zone.Names, site.Records, site.Lifecycle);
        Search = new SearchIndex(site.Words, site.Records, zone.Changes, time);
        Datasets = new DatasetService(zone.Authorizer, zone.Names, describer, Search);
        Creation = new CreationService(describer, parents, zone.Names, Reconciler, site.Lifecycle, site.HeadFolder, site.Runs);
        Edits = new DatasetEditService(describer, zone.Names, Reconciler, zone.Sharing, site.Lifecycle, site.Heads);
        Ownership = new OwnershipService(describer, zone.Names, Reconciler, zone.Accounts, site.Quotas);
        Lifecycle = new LifecycleService(describer, zone.Accounts, site.Lifecycle, site.Heads, site.HeadFolder, site.Jobs);
        Entries = new EntryService(zone.Authorizer, site.Heads, site.HeadFolder, site.Blobs);
        EntryChanges = new EntryChangeService(lasting, zone.Authorizer, site.Entries, site.Intake, site.Lanes, site.Quotas, time);
        EntryCopies = new EntryCopyService(EntryChanges, site.Entries, site.Blobs, site.Operations);
        Snapshots = new SnapshotService(zone.Authorizer, site.Records, site.Heads, site.HeadFolder, site.Snapshots);
        Metadata = new MetadataService(zone.Authorizer, site.Heads, site.Metadata);
        Uploads = new UploadService(lasting, zone.Authorizer, site.Uploads, time);
        Settings = new SettingService(zone.Authorizer, site.Settings);
        Pushes = new PushService(lasting, zone.Authorizer, site.Records, site.Heads, site.Pushes);
        Fetches = new FetchService(zone.Authorizer, site.Heads, site.Blobs);
        Verify = new VerifyService(Entries, site.Heads, site.Verifier);
        Health = new HealthService(site.Committer, site.Warnings);
        Jobs = new JobService(site.Jobs, site.Warnings, backups);
        Storage = new StorageService(zone.Accounts, site.Quotas, site.Files);
        Activity = new ActivityService(zone.Accounts, site.Blobs.Work, Storage, Jobs, time);
        DatasetActivity = new DatasetActivityService(zone.Authorizer, zone.Changes, site.Heads, site.Records);
        Events = new EventService(zone.Authorizer, zone.Authenticator, site.Records, site.Events, time);
        Analyses = new AnalysisService(
            zone.Authenticator, zone.Authorizer, zone.Names, Reconciler, site.Heads, site.HeadFolder, site.Runs, site.Results,
            steps ?? new StepCatalog([]), time);
        Runs = new RunService(zone.Authorizer, site.Runs, describer);
    }

    /// <summary>Finds out who presents a token, a link or a session.</summary>
    public Authenticator Authenticator { get; }

    /// <summary>The one authorization point.</summary>
    public Authorizer Authorizer { get; }

    /// <summary>Users, groups, roles, tokens, audit.</summary>
    public AccountService Accounts { get; }

    /// <summary>Passwords, one-time links, sessions.</summary>
    public LoginService Logins { get; }

    /// <summary>Logging in with OpenID providers.</summary>
    public OidcLogins OpenId { get; }

    /// <summary>What is said to people.</summary>
    public Mailbox Mailbox { get; }

    /// <summary>Invites to datasets and groups.</summary>
    public Invites Invites { get; }

    /// <summary>Rights, visibility and links.</summary>
    public Sharing Sharing { get; }

    /// <summary>Datasets: find, list, search.</summary>
    public DatasetService Datasets { get; }

    /// <summary>Making and deriving datasets.</summary>
    public CreationService Creation { get; }

    /// <summary>Slug, title, type and visibility.</summary>
    public DatasetEditService Edits { get; }

    /// <summary>Giving datasets to others.</summary>
    public OwnershipService Ownership { get; }

    /// <summary>Close, trash, restore, purge.</summary>
    public LifecycleService Lifecycle { get; }

    /// <summary>The index of what is searched.</summary>
    public SearchIndex Search { get; }

    /// <summary>Reading single entries and listings.</summary>
    public EntryService Entries { get; }

    /// <summary>Putting and removing single entries.</summary>
    public EntryChangeService EntryChanges { get; }

    /// <summary>Copies inside the server.</summary>
    public EntryCopyService EntryCopies { get; }

    /// <summary>Fixed versions, tags and differences.</summary>
    public SnapshotService Snapshots { get; }

    /// <summary>Metadata documents.</summary>
    public MetadataService Metadata { get; }

    /// <summary>Files that come in parts.</summary>
    public UploadService Uploads { get; }

    /// <summary>What doors keep about a dataset: rules, tags.</summary>
    public SettingService Settings { get; }

    /// <summary>Pushes.</summary>
    public PushService Pushes { get; }

    /// <summary>Many blobs of one version.</summary>
    public FetchService Fetches { get; }

    /// <summary>Reading everything again.</summary>
    public VerifyService Verify { get; }

    /// <summary>Whether the server can work.</summary>
    public HealthService Health { get; }

    /// <summary>Upkeep.</summary>
    public JobService Jobs { get; }

    /// <summary>What is stored by whom, and quotas.</summary>
    public StorageService Storage { get; }

    /// <summary>What goes on at the site.</summary>
    public ActivityService Activity { get; }

    /// <summary>Who did what with a dataset.</summary>
    public DatasetActivityService DatasetActivity { get; }

    /// <summary>What happens.</summary>
    public EventService Events { get; }

    /// <summary>Analyses and their results.</summary>
    public AnalysisService Analyses { get; }

    /// <summary>Runs and lineage.</summary>
    public RunService Runs { get; }

    /// <summary>Keeps the zone's names and the site's datasets together.</summary>
    public NameReconciler Reconciler { get; }
}
