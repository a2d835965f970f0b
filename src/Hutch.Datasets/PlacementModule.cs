using Hutch.Datasets.Programs;
using Hutch.Datasets.Purges;
using Hutch.Datasets.Replication.Placement;
using Hutch.Datasets.Replication.Sites;
using Hutch.Datasets.Upkeep;

namespace Hutch.Datasets;

public sealed class PlacementModule
{
    /// <summary>Makes it; <paramref name="network"/> and <paramref name="evictions"/> are null where this server is alone.</summary>
    public PlacementModule(
        ZoneServices zone, SiteServices site, TypeLibrary types, ProgramQueue programs, SitesModule sites, ISiteSigner signer,
        ISiteNetwork? network, IEvictionWorker? evictions, TimeProvider time)
    {
        Copies = new CopyService(zone.Copies, zone.Homes, zone.Losses, site.Evictions, signer, network, time);
        Evictions = new EvictionService(zone.Authorizer, zone.Accounts, zone.Sites, zone.Copies, site.Evictions, evictions);
        Purges = new PurgeService(zone.Purges, site.Evictions, signer);
        var facts = new FactReader(site.Records, site.Files, zone.Summaries, types, sites.Confirmations, signer, network, time);
        Reproductions = new ReproductionService(
            site.Evictions, zone.Authorizer, Evictions,
            new ReproductionReader(
                site.Records, site.Heads, zone.Sites, zone.Copies, zone.Placements, zone.Publications, facts, programs, signer, time));
        Space = new SpaceService(
            zone.Authorizer, zone.Sites, zone.Copies, zone.Names, Evictions, Reproductions, site.Records, site.Snapshots, site.Space, time);
        Rules = new RuleService(zone.Rules, zone.Placements, facts, types, time);
        Placement = new PlacementExecutor(
            zone.Placements, zone.Homes, zone.Summaries, types, zone.CopyNotices, facts, zone.Changes, site.Records, time);
    }

    public CopyService Copies { get; }

    /// <summary>Bytes that this site gives up, as other sites hold them.</summary>
    public EvictionService Evictions { get; }

    /// <summary>Bytes that this site gives up, as programs compute them again.</summary>
    public ReproductionService Reproductions { get; }

    /// <summary>The bytes that can be freed here, and the obstacles to the rest.</summary>
    public SpaceService Space { get; }

    public PurgeService Purges { get; }

    public RuleService Rules { get; }

    /// <summary>Asks sites for the copies that rules want.</summary>
    public PlacementExecutor Placement { get; }
}
