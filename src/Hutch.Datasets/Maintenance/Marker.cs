using Hutch.Catalog.Site;
using Hutch.Model;

namespace Hutch.Datasets.Maintenance;

/// <summary>Walks everything that the records name at one moment.</summary>
internal sealed class Marker(Tree tree, LiveMarks marks, SiteQueries queries)
{
    private const int RowsAtOnce = 5_000;

    private readonly LivingVisitor _visitor = new(marks, queries);

    /// <summary>Marks all that lives; returns the large blobs among it.</summary>
    public async Task<IReadOnlySet<BlobHash>> MarkAsync(CancellationToken ct)
    {
        long after = 0;
        while (queries.DatasetsAfter(after, RowsAtOnce) is { Count: > 0 } datasets)
        {
            foreach (SiteDataset dataset in datasets)
            {
                await MarkDatasetAsync(dataset, ct);
                after = dataset.Key;
            }
        }

        MarkPushes();
        foreach (BlobHash part in queries.CheckpointParts())
        {
            _visitor.VisitBlob(part);
        }

        return _visitor.LargeBlobs;
    }

    private async Task MarkDatasetAsync(SiteDataset dataset, CancellationToken ct)
    {
        _visitor.ManifestOnly = dataset.Ended is not null;
        await tree.VisitAsync(dataset.Root, _visitor, ct);
        foreach (SiteSnapshot snapshot in queries.Snapshots(dataset.Key, long.MaxValue, int.MaxValue))
        {
            await tree.VisitAsync(snapshot.Root, _visitor, ct);
        }

        string from = "";
        while (queries.OverlayRange(dataset.Key, from, RowsAtOnce) is { Count: > 0 } rows)
        {
            foreach (OverlayRow row in rows)
            {
                if (row.Entry is { Kind: EntryKind.File } file)
                {
                    _visitor.VisitBlob(file.Hash, file.Size);
                }
            }

            from = rows[^1].Path.Value + "\0";
        }
    }

    private void MarkPushes()
    {
        _visitor.ManifestOnly = false;
        foreach (BlobHash hash in queries.PinnedBlobs())
        {
            _visitor.VisitBlob(hash);
        }

        foreach ((Guid upload, long offset) in queries.PinnedExtents())
        {
            marks.Mark(Hutch.Storage.Segments.MemberKey.Extent(upload, offset));
        }
    }
}
