using Hutch.Datasets.Registry;
using Hutch.Datasets.Search;

namespace Hutch.Datasets;

/// <summary>The search: the index of this server, what callers find by it, and the cards of datasets for the zone.</summary>
public sealed class SearchModule
{
    /// <param name="others">The search of the zone, and the cards of its sites; null where there are none.</param>
    public SearchModule(
        ZoneServices zone, SiteServices site, ReadingModule reading, TypeLibrary types,
        (IZoneSearch Zone, IHomeCards Homes)? others, TimeProvider time)
    {
        Types = types;
        Index = new SearchIndex(
            site.Words, site.Records, new SearchFiles(site.Records, site.Heads, time),
            new SearchDocuments(site.Records, zone.Changes, zone.Summaries, time), zone.Changes, zone.Accounts, types, time);
        Lister = new DatasetLister(reading.Own.Describer, zone.Summaries, zone.Sites);
        Finding = new DatasetSearch(reading.Own.Describer, Lister, Index, types, zone.SiteReaders, zone.Publications, others?.Zone);
        Cards = new SearchCards(Index, site.Records, zone.Sites, others?.Homes, time);
    }

    public SearchIndex Index { get; }

    public DatasetSearch Finding { get; }

    /// <summary>Gives cards of datasets to the zone, or collects them there.</summary>
    public SearchCards Cards { get; }

    internal DatasetLister Lister { get; }

    internal TypeLibrary Types { get; }
}
