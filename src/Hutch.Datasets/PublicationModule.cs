using Hutch.Datasets.Programs;
using Hutch.Datasets.Publishing;
using Hutch.Datasets.Replication.Sites;

namespace Hutch.Datasets;

/// <summary>Published datasets: how they are described, and what anyone may read of them.</summary>
public sealed class PublicationModule
{
    /// <summary>Makes it; <paramref name="network"/> reaches the zone, and is null where this server is alone.</summary>
    public PublicationModule(ZoneServices zone, SiteServices site, ReadingModule reading, ISiteNetwork? network, TimeProvider time)
    {
        var restorer = new ResultRestorer(site.Evictions, site.Collector, site.Attester);
        Publications = new PublicationService(zone.Publications, reading.Router, site.Evictions, restorer, network, time);
        Reader = new PublicationReader(Publications, reading.Router, site.Heads, time);
    }

    public PublicationService Publications { get; }

    public PublicationReader Reader { get; }
}
