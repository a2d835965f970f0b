using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Heads;
using Hutch.Storage;

namespace Hutch.Site.Maintenance;

/// <summary>Walks everything that the records name at one moment, and then at a later one: pages that were seen are passed over.</summary>
internal sealed class Marker(Tree tree, ISweep sweep)
{
    private const int DatasetsAtOnce = 5_000;

    private LivingVisitor? _visitor;

    /// <summary>Marks all that lives; returns the large blobs among it, and among what lived at the moments before.</summary>
    public async Task<IReadOnlySet<BlobHash>> MarkAsync(SiteQueries queries, CancellationToken ct)
    {
        _visitor ??= new LivingVisitor(sweep) { Queries = queries };
        _visitor.Queries = queries;
        long after = 0;
        while (queries.DatasetsAfter(after, DatasetsAtOnce) is { Count: > 0 } datasets)
        {
            foreach (SiteDataset dataset in datasets)
            {
                _visitor.ManifestOnly = dataset.Ended is not null;
                await DatasetTrees.VisitAsync(tree, queries, dataset, _visitor, ct);
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
