using Hutch.Datasets.Registry;
using Hutch.Datasets.Replication.Sites;
using Hutch.Datasets.Versions;
using Hutch.Processing;
using Hutch.Site.Life.Quotas;

namespace Hutch.Datasets;

/// <summary>Datasets as wholes: finding, creating, describing, closing, ending and owning them.</summary>
public sealed class DatasetModule
{
    /// <summary>Makes it; <paramref name="quotas"/> are those at other sites; null where there are none.</summary>
    public DatasetModule(
        ZoneServices zone, SiteServices site, AccessModule access, ReadingModule reading, NameModule names, RunServices runs,
        SearchModule search, IHomeQuotas? quotas, TimeProvider time)
    {
        DatasetDescriber describer = reading.Own.Describer;
        var parents = new ParentFinder(zone.Authorizer, zone.Names, site.Heads, site.Freshness, zone.Sites, time);
        Datasets = new DatasetService(zone.Names, describer, search.Lister, search.Index, search.Types);
        Finding = search.Finding;
        Creation = new CreationService(
            describer, parents, zone.Names, names.Reconciler, site.Lifecycle, site.HeadCompactor, runs.Registry);
        Edits = new DatasetEditService(
            describer, zone.Names, names.Reconciler, zone.Sharing, site.Lifecycle, reading.Federated, access.WriteRouter);
        Ownership = new OwnershipService(
            describer, reading.Federated, search.Lister, zone.Ownership, names.Reconciler, zone.HandOvers, zone.Sites,
            new OwnerQuotaSpace(site.Quotas, site.HeadCompactor), quotas);
        Lifecycle = new LifecycleService(
            describer, zone.Accounts, zone.Publications, zone.AccessRequests, site.Lifecycle, site.Keeper, site.Heads, site.HeadCompactor,
            site.CopyEnds, reading.ThumbnailPrefetcher);
        Purges = new SitePurgeService(describer, zone.Accounts, zone.Publications, site.Lifecycle, site.Jobs);
        AccessRequests = new AccessRequestService(zone.AccessRequests, site.Heads);
        Snapshots = new SnapshotService(
            zone.Authorizer, reading.Own.Snapshots, site.Heads, site.HeadCompactor, site.HeadReverter, site.Snapshots);
        Metadata = new MetadataService(zone.Authorizer, site.Metadata);
        Personal = new PersonalDataService(zone.Authorizer, site.Settings);
        Settings = new SettingService(zone.Authorizer, site.Settings);
        Expiring = new ExpiringData(zone.Authorizer, site.Records, zone.Summaries, zone.Sites, time);
        ExpiryNotices = new ExpiryNotices(Expiring, zone.Notices, zone.Names, time);
        site.Warnings.AddMany(reading.Own.Types.Warnings);
    }

    public DatasetService Datasets { get; }

    public DatasetSearch Finding { get; }

    public CreationService Creation { get; }

    /// <summary>Changes names, titles, types and visibility.</summary>
    public DatasetEditService Edits { get; }

    public OwnershipService Ownership { get; }

    /// <summary>Closes, keeps, deletes and restores datasets.</summary>
    public LifecycleService Lifecycle { get; }

    /// <summary>Purges datasets at this site.</summary>
    public SitePurgeService Purges { get; }

    public AccessRequestService AccessRequests { get; }

    public SnapshotService Snapshots { get; }

    public MetadataService Metadata { get; }

    public PersonalDataService Personal { get; }

    /// <summary>Temporary datasets that will expire.</summary>
    public ExpiringData Expiring { get; }

    public ExpiryNotices ExpiryNotices { get; }

    /// <summary>Sets texts that doors keep about datasets.</summary>
    public SettingService Settings { get; }
}
