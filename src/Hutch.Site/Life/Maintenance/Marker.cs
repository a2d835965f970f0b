using Hutch.Site.Write.Heads;

namespace Hutch.Site.Life.Maintenance;

/// <summary>Walks everything that the records name at one moment, and again at a later one: pages that were seen are skipped.</summary>
internal sealed class Marker(Tree tree, ISweep sweep)
{
    private const int DatasetsAtOnce = 5_000;

    private LiveBlobMarker? _visitor;

    /// <summary>Marks all live members; returns the large blobs among them, including those that were live at the previous marks.</summary>
    public async Task<IReadOnlySet<BlobHash>> MarkAsync(SiteQueries queries, CancellationToken ct)
    {
        _visitor ??= new LiveBlobMarker(sweep) { Queries = queries };
        _visitor.Queries = queries;
        long after = 0;
        while (queries.DatasetsAfter(after, DatasetsAtOnce) is { Count: > 0 } datasets)
        {
            foreach (SiteDataset dataset in datasets)
            {
                HashSet<BlobHash> evicted = await MarkEvictedAsync(_visitor, queries, dataset, ct);
                _visitor.ManifestOnly = dataset.Ended is not null;
                await DatasetTrees.VisitAsync(tree, queries, dataset, evicted, _visitor, ct);
                after = dataset.Key;
            }
        }

        MarkPushes(_visitor, queries);
        foreach (BlobHash part in queries.CheckpointParts())
        {
            _visitor.VisitBlob(part);
        }

        return _visitor.LargeBlobs;
    }

    /// <summary>
    /// Marks only the pages of versions whose bytes other sites hold, or a program computes again without those that it would not compute
    /// again. During a recall it marks all: bytes that were found here stay.
    /// </summary>
    private async Task<HashSet<BlobHash>> MarkEvictedAsync(
        LiveBlobMarker visitor, SiteQueries queries, SiteDataset dataset, CancellationToken ct)
    {
        var evicted = new HashSet<BlobHash>();
        if (dataset is not { Ended: null, Copy: null, Eviction: { State: EvictionState.Evicted } eviction })
        {
            return evicted;
        }

        visitor.ManifestOnly = true;
        foreach (long number in eviction.Versions)
        {
            if (queries.Snapshot(dataset.Key, number) is { } version && evicted.Add(version.Root.Page))
            {
                await tree.VisitAsync(version.Root, visitor, ct);
            }
        }

        visitor.ManifestOnly = false;
        foreach (BlobHash retained in eviction.Reproduction?.Kept ?? [])
        {
            visitor.VisitBlob(retained);
        }

        return evicted;
    }

    private void MarkPushes(LiveBlobMarker visitor, SiteQueries queries)
    {
        visitor.ManifestOnly = false;
        foreach (BlobHash hash in queries.PinnedBlobs())
        {
            visitor.VisitBlob(hash);
        }

        foreach ((Guid upload, long offset) in queries.PinnedExtents())
        {
            sweep.Mark(MemberKey.Extent(upload, offset));
        }
    }
}
