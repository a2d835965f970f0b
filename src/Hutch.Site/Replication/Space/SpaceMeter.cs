using Hutch.Site.Replication.Evicting;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Replication.Space;

/// <summary>
/// Measures how many stored bytes a collection frees when datasets end or are evicted. Bytes that any other dataset names do not count.
/// </summary>
/// <remarks>
/// Thread-safe; one measurement at a time. It reads the trees of all datasets that count, each page once, and no file. Memory: a record for
/// each member that would go, at most <see cref="MaxMembers"/>, and a hash for each page.
/// </remarks>
public sealed class SpaceMeter(SiteDatabase records, BlobStore blobs, Tree tree) : IDisposable
{
    /// <summary>The most members that are measured. Datasets beyond it are left out, and their bytes count as needed.</summary>
    public const int MaxMembers = 1_000_000;

    private const int DatasetsAtOnce = 5_000;

    private readonly SemaphoreSlim _gate = new(1, 1);

    internal int Limit { get; init; } = MaxMembers;

    /// <summary>Measures some sets of data at one moment, each as if it alone went, and in each the first ones first.</summary>
    /// <param name="sets">The data that would go; a dataset is in each set once.</param>
    /// <param name="among">The only other datasets whose bytes count as needed; null for all of the site, and for uploads.</param>
    /// <param name="retained">Files that stay although their datasets go.</param>
    /// <returns>A measure for each set.</returns>
    public async Task<IReadOnlyList<SpaceMeasure>> MeasureAsync(
        IReadOnlyList<IReadOnlyList<LeavingData>> sets, IReadOnlySet<DatasetId>? among, IReadOnlyList<BlobHash> retained,
        CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            return await records.ReadSnapshotAsync(session => MeasureAsync(new SiteQueries(session), sets, among, retained, ct), ct);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<IReadOnlyList<SpaceMeasure>> MeasureAsync(
        SiteQueries queries, IReadOnlyList<IReadOnlyList<LeavingData>> sets, IReadOnlySet<DatasetId>? among,
        IReadOnlyList<BlobHash> retained, CancellationToken ct)
    {
        var measured = new List<Set>();
        foreach (IReadOnlyList<LeavingData> leaving in sets)
        {
            var set = new Set(new LeavingMembers(blobs, queries, Limit), []);
            foreach (LeavingData data in leaving)
            {
                if (queries.Dataset(data.Dataset) is { Ended: null } dataset && await AddAsync(set.Members, queries, dataset, data, ct))
                {
                    set.Going.Add(dataset.Id, (dataset, data));
                }
            }

            // Of what goes, only the files go that nothing else of the same dataset names.
            set.Members.BeginNeeded();
            measured.Add(set);
        }

        foreach (SiteDataset dataset in Needing(queries, measured, among))
        {
            await VisitRetainedAsync(measured, queries, dataset, ct);
        }

        var all = new LeavingVisitors([.. measured.Select(static set => set.Members)]);
        foreach (BlobHash hash in retained.Concat(among is null ? queries.PinnedBlobs() : []))
        {
            all.VisitBlob(hash, long.MaxValue);
        }

        return [.. measured.Select(static set => set.Members.Sum([.. set.Going.Values.Select(static one => one.Dataset)]))];
    }

    /// <summary>Lists what would go first, also if it is not among the datasets that count, and then the others.</summary>
    private static IEnumerable<SiteDataset> Needing(SiteQueries queries, List<Set> sets, IReadOnlySet<DatasetId>? among)
    {
        Dictionary<DatasetId, SiteDataset> going = [];
        foreach ((SiteDataset dataset, LeavingData _) in sets.SelectMany(static set => set.Going.Values))
        {
            going[dataset.Id] = dataset;
        }

        return going.Values.Concat(Others(queries, [.. going.Keys], among));
    }

    private static IEnumerable<SiteDataset> Others(SiteQueries queries, HashSet<DatasetId> going, IReadOnlySet<DatasetId>? among)
    {
        long after = 0;
        while (queries.DatasetsAfter(after, DatasetsAtOnce) is { Count: > 0 } datasets)
        {
            foreach (SiteDataset dataset in datasets.Where(
                one => one.Ended is null && !going.Contains(one.Id) && among?.Contains(one.Id) != false))
            {
                yield return dataset;
            }

            after = datasets[^1].Key;
        }
    }

    private async Task<bool> AddAsync(
        LeavingMembers found, SiteQueries queries, SiteDataset dataset, LeavingData data, CancellationToken ct)
    {
        found.Begin();
        if (EndsWhole(dataset, data))
        {
            await DatasetTrees.VisitAsync(tree, queries, dataset, found, ct);
        }
        else
        {
            foreach (TreeRoot root in LeavingRoots(queries, dataset, data))
            {
                await tree.VisitAsync(root, found, ct);
            }
        }

        return found.End(dataset.Id);
    }

    /// <summary>Visits what still names bytes of a dataset: everything, but not versions that were evicted or would go.</summary>
    private async Task VisitRetainedAsync(List<Set> sets, SiteQueries queries, SiteDataset dataset, CancellationToken ct)
    {
        var together = new List<LeavingMembers>();
        foreach (Set set in sets)
        {
            if (!set.Going.TryGetValue(dataset.Id, out (SiteDataset Dataset, LeavingData Data) going))
            {
                together.Add(set.Members);
            }
            else if (!EndsWhole(dataset, going.Data))
            {
                await VisitRetainedAsync(set.Members, queries, dataset, Without(queries, dataset, going.Data), ct);
            }
        }

        if (together.Count > 0)
        {
            HashSet<BlobHash> evicted = dataset is { Copy: null, Eviction.State: EvictionState.Evicted }
                ? [.. EvictableRoots(queries, dataset).Select(static root => root.Page)]
                : [];
            await VisitRetainedAsync(new LeavingVisitors(together), queries, dataset, evicted, ct);
        }
    }

    private async Task VisitRetainedAsync(
        ITreeVisitor found, SiteQueries queries, SiteDataset dataset, HashSet<BlobHash> without, CancellationToken ct)
    {
        await DatasetTrees.VisitAsync(tree, queries, dataset, without, found, ct);
        foreach (BlobHash kept in dataset.Eviction?.Reproduction?.Kept ?? [])
        {
            found.VisitBlob(kept, long.MaxValue);
        }
    }

    /// <summary>True for a dataset whose whole contents go at their time, and not only its files in some versions.</summary>
    private static bool EndsWhole(SiteDataset dataset, LeavingData data) => data.Versions is null && dataset.TrashedUntil is not null;

    private static HashSet<BlobHash> Without(SiteQueries queries, SiteDataset dataset, LeavingData data)
    {
        HashSet<BlobHash> leaving = [.. LeavingRoots(queries, dataset, data).Select(static root => root.Page)];
        if (data.Versions is { } versions)
        {
            // A version that stays can have the same tree as one that goes.
            HashSet<long> going = [.. versions];
            leaving.ExceptWith(queries.Snapshots(dataset.Key, long.MaxValue, int.MaxValue)
                .Where(one => !going.Contains(one.Number)).Select(static one => one.Root.Page).Append(dataset.Root.Page));
        }

        return leaving;
    }

    private static IEnumerable<TreeRoot> LeavingRoots(SiteQueries queries, SiteDataset dataset, LeavingData data) =>
        data.Versions is { } versions
            ? versions.Select(number => queries.Snapshot(dataset.Key, number)?.Root).OfType<TreeRoot>()
            : EvictableRoots(queries, dataset);

    private static IEnumerable<TreeRoot> EvictableRoots(SiteQueries queries, SiteDataset dataset) =>
        dataset.Eviction is { State: EvictionState.Evicted } evicted
            ? evicted.Versions.Select(number => queries.Snapshot(dataset.Key, number)?.Root).OfType<TreeRoot>()
            : (Attester.PermanentSnapshots(queries, dataset.Id) ?? []).Select(static one => one.Root);

    private sealed record Set(LeavingMembers Members, Dictionary<DatasetId, (SiteDataset Dataset, LeavingData Data)> Going);
}
