using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Storage;

namespace Hutch.Site.Maintenance;

/// <summary>Walks everything that the records name at one moment, and then at a later one: pages that were seen are passed over.</summary>
internal sealed class Marker(Tree tree, ISweep sweep)
{
    private const int RowsAtOnce = 5_000;

    private LivingVisitor? _visitor;

    /// <summary>Marks all that lives; returns the large blobs among it, and among what lived at the moments before.</summary>
    public async Task<IReadOnlySet<BlobHash>> MarkAsync(SiteQueries queries, CancellationToken ct)
    {
        _visitor ??= new LivingVisitor(sweep) { Queries = queries };
        _visitor.Queries = queries;
        long after = 0;
        while (queries.DatasetsAfter(after, RowsAtOnce) is { Count: > 0 } datasets)
        {
            foreach (SiteDataset dataset in datasets)
            {
                await MarkDatasetAsync(_visitor, queries, dataset, ct);
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

    private async Task MarkDatasetAsync(LivingVisitor visitor, SiteQueries queries, SiteDataset dataset, CancellationToken ct)
    {
        visitor.ManifestOnly = dataset.Ended is not null;
        await tree.VisitAsync(dataset.Root, visitor, ct);
        foreach (SiteSnapshot snapshot in queries.Snapshots(dataset.Key, long.MaxValue, int.MaxValue))
        {
            await tree.VisitAsync(snapshot.Root, visitor, ct);
        }

        string from = "";
        while (queries.OverlayRange(dataset.Key, from, RowsAtOnce) is { Count: > 0 } rows)
        {
            foreach (OverlayRow row in rows)
            {
                if (row.Entry is { Kind: EntryKind.File } file)
                {
                    visitor.VisitBlob(file.Hash, file.Size);
                }
            }

            from = rows[^1].Path.Value + "\0";
        }
    }

    private void MarkPushes(LivingVisitor visitor, SiteQueries queries)
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
