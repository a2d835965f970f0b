using Hutch.Datasets.Lineage;

namespace Hutch.Datasets.Registry;

/// <summary>Reads a site's records of datasets, with the overlays of their heads. It checks no right.</summary>
public sealed class LocalDatasets(SiteDatabase records, HeadReader heads)
{
    /// <summary>
    /// Changes over the trees of heads that are looked at for one answer; beyond them, the numbers are those of the last fold.
    /// </summary>
    private const int MaxCountedChanges = 20_000;

    public static LocalDatasets For(SiteServices site)
    {
        return new LocalDatasets(site.Records, site.Heads);
    }

    /// <summary>Reads several, in their order; those that the site does not have are left out.</summary>
    public async ValueTask<IReadOnlyList<LocalDataset>> ReadAsync(IReadOnlyCollection<DatasetId> ids, CancellationToken ct)
    {
        Dictionary<DatasetId, Facts> found = await records.ReadConsistentAsync(queries => Read(queries, ids), ct);
        var read = new List<LocalDataset>(found.Count);
        int changes = MaxCountedChanges;
        foreach (Facts facts in ids.Where(found.ContainsKey).Select(id => found[id]))
        {
            var size = new HeadSize(facts.Dataset.Root.Files, facts.Dataset.Root.Bytes);
            long changed = facts.HasOverlay ? await heads.ChangedAsync(facts.Dataset.Id, ct) : facts.Dataset.Changed;
            if (facts.HasOverlay && await heads.MeasureAsync(facts.Dataset, changes, ct) is { } measured)
            {
                size = measured.Size;
                changes -= measured.Rows;
            }

            read.Add(new LocalDataset(facts.Dataset, size, changed, facts.Parents));
        }

        return read;
    }

    public ValueTask<long> NewestEventAsync(CancellationToken ct) => records.ReadAsync(static queries => queries.NewestEvent(), ct);

    public ValueTask<DatasetChanges> ChangedSinceAsync(long after, CancellationToken ct) => records.ReadConsistentAsync(
        queries =>
        {
            long newest = queries.NewestEvent();
            return newest == after
                ? new DatasetChanges(newest, false, [])
                : new DatasetChanges(
                    newest, newest < after || queries.OldestEvent() > after + 1,
                    FollowedParents.AddFollowers(queries, queries.DatasetsOfEvents(after, newest)));
        },
        ct);

    /// <summary>All datasets behind one, in the order in which they came here.</summary>
    /// <param name="key">The key of that one at this site; 0 for the beginning.</param>
    public ValueTask<IReadOnlyList<SiteDataset>> AfterAsync(long key, int limit, CancellationToken ct) =>
        records.ReadAsync(queries => queries.DatasetsAfter(key, limit), ct);

    private static Dictionary<DatasetId, Facts> Read(SiteQueries queries, IReadOnlyCollection<DatasetId> ids) =>
        queries.Datasets(ids).Select(dataset => FollowedParents.Read(queries, dataset)).ToDictionary(
            found => found.Dataset.Id,
            found => new Facts(
                found.Dataset, found.Parents, found.Dataset.Closed is null && queries.HasOverlay(found.Dataset.Key)));

    private sealed record Facts(SiteDataset Dataset, IReadOnlyList<VersionReference> Parents, bool HasOverlay);
}

/// <param name="HeadVersion">Rises with every change of the head.</param>
public sealed record LocalDataset(SiteDataset Record, HeadSize Size, long HeadVersion, IReadOnlyList<VersionReference> Parents);

/// <summary>The changes at a site since an event.</summary>
/// <param name="IsCut">True if events in between are not known any more: then any dataset may have changed.</param>
public sealed record DatasetChanges(long Newest, bool IsCut, IReadOnlyList<DatasetId> Changed);
