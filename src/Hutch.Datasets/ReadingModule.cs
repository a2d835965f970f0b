using Hutch.Datasets.Registry;
using Hutch.Datasets.Replication.Sites;
using Hutch.Datasets.Thumbnails;

namespace Hutch.Datasets;

/// <summary>Reads datasets wherever they are: at this site, or through their home.</summary>
public sealed class ReadingModule
{
    /// <summary>Makes it; <paramref name="others"/> reads datasets of other sites, and is null where there are none.</summary>
    public ReadingModule(ZoneServices zone, SiteServices site, ReaderModule readers, IReadThrough? others)
    {
        WholeHeads? whole = others is null ? null : new WholeHeads(zone.Authorizer, zone.Sites, zone.Summaries, others);
        Own = readers.Over(site, whole);
        Router = new ReadRouter(Own, zone.Authorizer, site.Heads, site.Freshness, zone.Sites, others);
        Federated = new FederatedDescriber(Own.Describer, zone.Sites, others);
        ThumbnailPrefetcher = new ThumbnailPrefetcher(Own.Thumbnails);
    }

    public DatasetReader Own { get; }

    public ReadRouter Router { get; }

    public ThumbnailPrefetcher ThumbnailPrefetcher { get; }

    internal FederatedDescriber Federated { get; }
}
