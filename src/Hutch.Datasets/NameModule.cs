using Hutch.Datasets.Registry;
using Hutch.Datasets.Replication.Sites;

namespace Hutch.Datasets;

/// <summary>Keeps the names of the zone and the records of the site in step.</summary>
public sealed class NameModule
{
    /// <summary>Makes it; <paramref name="network"/> reaches the zone, and is null where this server is alone.</summary>
    public NameModule(ZoneServices zone, SiteServices site, ISiteNetwork? network, TimeProvider time)
    {
        Reconciler = new NameReconciler(zone.Names, zone.ProvisionalNameRegistry, site.Records, site.Lifecycle, network);
        Provisional = new ProvisionalNames(zone.ProvisionalNameRegistry, Reconciler, site.Records, network, time);
        Followed = new NameChangeFollower(zone.Names, zone.Changes, Reconciler, site.Records);
        site.Warnings.AddMany(Provisional.Warnings);
    }

    /// <summary>Puts names right after a crash.</summary>
    public NameReconciler Reconciler { get; }

    /// <summary>Registers the names of datasets that were made while the zone could not be reached.</summary>
    public ProvisionalNames Provisional { get; }

    /// <summary>Applies the zone's changes of names to the records of the site.</summary>
    public NameChangeFollower Followed { get; }
}
