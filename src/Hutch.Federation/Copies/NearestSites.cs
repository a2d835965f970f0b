using System.Collections.Immutable;
using Hutch.Model.Sites;

namespace Hutch.Federation.Copies;

/// <summary>
/// The sites from which a dataset is read or copied, in order. First is the site whose labels differ least from those of this site, the
/// distance that rules use. Among equals, a copy comes before the busier home, and then the lower id. Thread-safe.
/// </summary>
internal sealed class NearestSites(SiteRegistry sites, CopyRegistry copies)
{
    private const int MaxCached = 10_000;

    private readonly LruCache<DatasetId, Found> _found = new(MaxCached, long.MaxValue, static _ => 0);

    /// <summary>
    /// The ids of the home, and of the sites that are to have a copy. The zone alone knows whether they have it; where it is asked in vain,
    /// a site is asked last for a while.
    /// </summary>
    public async ValueTask<IReadOnlyList<string>> ListAsync(DatasetId dataset, string homeId, CancellationToken ct)
    {
        long version = copies.Version;
        if (_found.TryFind(dataset, out Found known) && known.Version == version && known.Home == homeId)
        {
            return known.Sites;
        }

        string[] holders = [.. (await copies.OfDatasetAsync(dataset, ct)).Where(MayHaveIt).Select(static copy => copy.SiteId)];
        IReadOnlyList<string> list = holders.Length == 0 ? [homeId] : await SortAsync([.. holders, homeId], homeId, ct);
        _found.Set(dataset, new Found(version, homeId, list));
        return list;

        bool MayHaveIt(CopyRecord copy) => copy.ReleasedAt is null && (copy.CompleteAt is not null || sites.Zone is not null)
            && copy.SiteId != sites.OwnId && copy.SiteId != homeId;
    }

    private async ValueTask<IReadOnlyList<string>> SortAsync(IEnumerable<string> holders, string homeId, CancellationToken ct)
    {
        ImmutableSortedDictionary<string, string> own = await sites.OwnLabelsAsync(ct);
        var labels = (await sites.StateAsync(ct)).Sites
            .ToDictionary(static site => site.Id, static site => site.Labels, StringComparer.Ordinal);
        return
        [
            .. holders.OrderBy(id => SiteLabels.Differences(own, labels.GetValueOrDefault(id) ?? SiteLabels.Empty).Count)
                .ThenBy(id => id == homeId)
                .ThenBy(static id => id, StringComparer.Ordinal),
        ];
    }

    private readonly record struct Found(long Version, string Home, IReadOnlyList<string> Sites);
}
