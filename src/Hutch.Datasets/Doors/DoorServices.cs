using Hutch.Datasets.Accounts;
using Hutch.Datasets.Backups;
using Hutch.Datasets.Search;

namespace Hutch.Datasets.Doors;

/// <summary>
/// What every door uses: each service takes a caller, asks the one authorization point, and only then touches the zone's names or
/// the site's records. It knows no protocol.
/// </summary>
public sealed class DoorServices
{
    /// <summary>Joins a zone and a site of the same process.</summary>
    public DoorServices(ZoneServices zone, Site site, TimeProvider time, BackupSchedule? backups = null)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentNullException.ThrowIfNull(site);
        var describer = new DatasetDescriber(zone.Authorizer, site);
        var reconciler = new NameReconciler(zone.Names, site);
        var lasting = new LastingRight(zone.Authenticator, zone.Authorizer);
        Search = new SearchIndex(site.Words, site.Records, zone.Records, time);
        Datasets = new DatasetDoor(zone, site, describer, reconciler, Search);
        Entries = new EntryDoor(lasting, zone.Authorizer, site, time);
        Snapshots = new SnapshotDoor(zone.Authorizer, site);
        Metadata = new MetadataDoor(zone.Authorizer, site);
        Uploads = new UploadDoor(lasting, zone.Authorizer, site, time);
        Settings = new SettingDoor(zone.Authorizer, site);
        Pushes = new PushDoor(lasting, zone.Authorizer, site);
        Fetches = new FetchDoor(zone.Authorizer, site);
        Verify = new VerifyDoor(Entries, site);
        Jobs = new JobDoor(site.Jobs, site.Warnings, backups);
        Storage = new StorageDoor(zone, site);
        Activity = new ActivityDoor(zone, site, Storage, Jobs, time);
        Events = new EventDoor(zone.Authorizer, zone.Authenticator, site, time);
        Analyses = new AnalysisDoor(zone, site, reconciler, time);
        Runs = new RunDoor(zone.Authorizer, site, describer);
        Names = reconciler;
    }

    /// <summary>Datasets: find, make, describe, close, trash.</summary>
    public DatasetDoor Datasets { get; }

    /// <summary>The index of what is searched.</summary>
    public SearchIndex Search { get; }

    /// <summary>Single entries and listings.</summary>
    public EntryDoor Entries { get; }

    /// <summary>Fixed versions, tags and differences.</summary>
    public SnapshotDoor Snapshots { get; }

    /// <summary>Metadata documents.</summary>
    public MetadataDoor Metadata { get; }

    /// <summary>Files that come in parts.</summary>
    public UploadDoor Uploads { get; }

    /// <summary>What doors keep about a dataset: rules, tags.</summary>
    public SettingDoor Settings { get; }

    /// <summary>Pushes.</summary>
    public PushDoor Pushes { get; }

    /// <summary>Many blobs of one version.</summary>
    public FetchDoor Fetches { get; }

    /// <summary>Reading everything again.</summary>
    public VerifyDoor Verify { get; }

    /// <summary>Upkeep.</summary>
    public JobDoor Jobs { get; }

    /// <summary>What is stored by whom, and quotas.</summary>
    public StorageDoor Storage { get; }

    /// <summary>Who does what, and who did.</summary>
    public ActivityDoor Activity { get; }

    /// <summary>What happens.</summary>
    public EventDoor Events { get; }

    /// <summary>Analyses and their results.</summary>
    public AnalysisDoor Analyses { get; }

    /// <summary>Runs and lineage.</summary>
    public RunDoor Runs { get; }

    /// <summary>Keeps the zone's names and the site's datasets together.</summary>
    public NameReconciler Names { get; }
}
