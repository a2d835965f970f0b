using Hutch.Datasets.Analyses;
using Hutch.Datasets.Backups;
using Hutch.Datasets.Events;
using Hutch.Datasets.Files;
using Hutch.Datasets.Pushes;
using Hutch.Datasets.Registry;
using Hutch.Datasets.Search;
using Hutch.Datasets.Upkeep;
using Hutch.Datasets.Versions;
using Hutch.Site;
using Hutch.Zone;
using Hutch.Zone.Credentials;

namespace Hutch.Datasets;

/// <summary>
/// What every door uses: each service takes a caller, asks the one authorization point, and only then touches the zone's names or
/// the site's records. It knows no protocol.
/// </summary>
public sealed class AuthorizedServices
{
    /// <summary>Joins a zone and a site of the same process.</summary>
    public AuthorizedServices(ZoneServices zone, SiteServices site, TimeProvider time, BackupSchedule? backups = null)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentNullException.ThrowIfNull(site);
        var describer = new DatasetDescriber(zone.Authorizer, site);
        var reconciler = new NameReconciler(zone.Names, site);
        var lasting = new RightRecheck(zone.Authenticator, zone.Authorizer);
        Search = new SearchIndex(site.Words, site.Records, zone.Changes, time);
        Datasets = new DatasetService(zone, site, describer, reconciler, Search);
        Entries = new EntryService(lasting, zone.Authorizer, site, time);
        Snapshots = new SnapshotService(zone.Authorizer, site);
        Metadata = new MetadataService(zone.Authorizer, site);
        Uploads = new UploadService(lasting, zone.Authorizer, site, time);
        Settings = new SettingService(zone.Authorizer, site);
        Pushes = new PushService(lasting, zone.Authorizer, site);
        Fetches = new FetchService(zone.Authorizer, site);
        Verify = new VerifyService(Entries, site);
        Jobs = new JobService(site.Jobs, site.Warnings, backups);
        Storage = new StorageService(zone, site);
        Activity = new ActivityService(zone, site, Storage, Jobs, time);
        Events = new EventService(zone.Authorizer, zone.Authenticator, site, time);
        Analyses = new AnalysisService(zone, site, reconciler, time);
        Runs = new RunService(zone.Authorizer, site, describer);
        Names = reconciler;
    }

    /// <summary>Datasets: find, make, describe, close, trash.</summary>
    public DatasetService Datasets { get; }

    /// <summary>The index of what is searched.</summary>
    public SearchIndex Search { get; }

    /// <summary>Single entries and listings.</summary>
    public EntryService Entries { get; }

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

    /// <summary>Upkeep.</summary>
    public JobService Jobs { get; }

    /// <summary>What is stored by whom, and quotas.</summary>
    public StorageService Storage { get; }

    /// <summary>Who does what, and who did.</summary>
    public ActivityService Activity { get; }

    /// <summary>What happens.</summary>
    public EventService Events { get; }

    /// <summary>Analyses and their results.</summary>
    public AnalysisService Analyses { get; }

    /// <summary>Runs and lineage.</summary>
    public RunService Runs { get; }

    /// <summary>Keeps the zone's names and the site's datasets together.</summary>
    public NameReconciler Names { get; }
}
