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

    /// <summary>Measures them all at one moment, the first ones first.</summary>
    /// <param name="leaving">The datasets whose bytes would go.</param>
    /// <param name="among">The only other datasets whose bytes count as needed; null for all of the site, and for uploads.</param>
    /// <param name="retained">Files that stay although their datasets go.</param>
    public async Task<SpaceMeasure> MeasureAsync(
        IReadOnlyList<DatasetId> leaving, IReadOnlySet<DatasetId>? among, IReadOnlyList<BlobHash> retained, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            return await records.ReadSnapshotAsync(session => MeasureAsync(new SiteQueries(session), leaving, among, retained, ct), ct);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<SpaceMeasure> MeasureAsync(
        SiteQueries queries, IReadOnlyList<DatasetId> leaving, IReadOnlySet<DatasetId>? among, IReadOnlyList<BlobHash> retained,
        CancellationToken ct)
    {
        var found = new LeavingMembers(blobs, queries, Limit);
        var measured = new List<SiteDataset>();
        foreach (DatasetId id in leaving)
        {
            if (queries.Dataset(id) is { Ended: null } dataset && await AddAsync(found, queries, dataset, ct))
            {
                measured.Add(dataset);
            }
        }

        // Of what goes, only the files go that nothing else of the same dataset names.
        found.BeginNeeded();
        HashSet<DatasetId> going = [.. measured.Select(static one => one.Id)];
        foreach (SiteDataset dataset in measured.Where(static one => !EndsWhole(one)))
        {
            await VisitRetainedAsync(found, queries, dataset, ct);
        }

        foreach (SiteDataset other in Others(queries, going, among))
        {
            await VisitRetainedAsync(found, queries, other, ct);
        }

        foreach (BlobHash hash in retained)
        {
            found.VisitBlob(hash, long.MaxValue);
        }

        if (among is null)
        {
            foreach (BlobHash hash in queries.PinnedBlobs())
            {
                found.VisitBlob(hash, long.MaxValue);
            }
        }

        return found.Sum(measured);
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

    private async Task<bool> AddAsync(LeavingMembers found, SiteQueries queries, SiteDataset dataset, CancellationToken ct)
    {
        found.Begin();
        if (EndsWhole(dataset))
        {
            await DatasetTrees.VisitAsync(tree, queries, dataset, found, ct);
        }
        else
        {
            foreach (TreeRoot root in EvictableRoots(queries, dataset))
            {
                await tree.VisitAsync(root, found, ct);
            }
        }

        return found.End(dataset.Id);
    }

    /// <summary>Visits what still names bytes of a dataset: everything, but not versions that were evicted or would be.</summary>
    private async Task VisitRetainedAsync(LeavingMembers found, SiteQueries queries, SiteDataset dataset, CancellationToken ct)
    {
        bool isLeaving = found.Has(dataset.Id);
        HashSet<BlobHash> without =
        [
            .. (isLeaving || dataset is { Copy: null, Eviction.State: EvictionState.Evicted } ? EvictableRoots(queries, dataset) : [])
                .Select(static root => root.Page),
        ];
        await DatasetTrees.VisitAsync(tree, queries, dataset, without, found, ct);
        foreach (BlobHash kept in dataset.Eviction?.Reproduction?.Kept ?? [])
        {
            found.VisitBlob(kept, long.MaxValue);
        }
    }

    /// <summary>True for a dataset whose whole contents go at their time, and not only its files in lasting versions.</summary>
    private static bool EndsWhole(SiteDataset dataset) => dataset.TrashedUntil is not null;

    private static IEnumerable<TreeRoot> EvictableRoots(SiteQueries queries, SiteDataset dataset) =>
        dataset.Eviction is { State: EvictionState.Evicted } evicted
            ? evicted.Versions.Select(number => queries.Snapshot(dataset.Key, number)?.Root).OfType<TreeRoot>()
            : (Attester.PermanentSnapshots(queries, dataset.Id) ?? []).Select(static one => one.Root);
}
