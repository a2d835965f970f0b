using Hutch.Site.Platform.Locks;

namespace Hutch.Site.Write.Pushes;

/// <summary>
/// Decides whether walking a tree for some blobs is worthwhile. Cost and answer depend on the tree and the blobs alone, not on the content
/// of the store. So a client that offers hashes learns nothing from the time of the answer.
/// </summary>
/// <remarks>Thread-safe. An LRU cache within a bound of memory; one that is lost costs a walk.</remarks>
internal sealed class BlobBloomFilters(Tree tree)
{
    private const long MaxBytes = 64 << 20;

    private readonly KeyedLock<DatasetId> _turns = new();
    private readonly Lock _gate = new();
    private readonly LinkedList<(DatasetId Dataset, BlobBloomFilter Filter)> _byUse = new();

    /// <summary>Returns true if a tree of a dataset may name one of some blobs; false is certain.</summary>
    public async Task<bool> MayContainAsync(DatasetId dataset, TreeRoot root, IReadOnlyCollection<BlobHash> blobs, CancellationToken ct)
    {
        using IDisposable lockHandle = await _turns.EnterAsync(dataset, ct);

        // Not in the cache during the walk: a walk that fails leaves a filter that has pages without everything below them.
        BlobBloomFilter filter = Take(dataset) ?? new BlobBloomFilter(root.Files);
        await tree.VisitAsync(root, filter, ct);
        if (filter.IsFull)
        {
            filter = new BlobBloomFilter(root.Files);
            await tree.VisitAsync(root, filter, ct);
        }

        Set(dataset, filter);
        return blobs.Any(filter.MayContain);
    }

    private BlobBloomFilter? Take(DatasetId dataset)
    {
        lock (_gate)
        {
            for (LinkedListNode<(DatasetId Dataset, BlobBloomFilter Filter)>? node = _byUse.First; node is not null; node = node.Next)
            {
                if (node.Value.Dataset == dataset)
                {
                    _byUse.Remove(node);
                    return node.Value.Filter;
                }
            }

            return null;
        }
    }

    private void Set(DatasetId dataset, BlobBloomFilter filter)
    {
        lock (_gate)
        {
            _byUse.AddFirst((dataset, filter));
            long bytes = 0;
            for (LinkedListNode<(DatasetId Dataset, BlobBloomFilter Filter)>? node = _byUse.First; node is not null;)
            {
                LinkedListNode<(DatasetId Dataset, BlobBloomFilter Filter)>? next = node.Next;
                bytes += node.Value.Filter.SizeBytes;
                if (bytes > MaxBytes && node.Previous is not null)
                {
                    _byUse.Remove(node);
                }

                node = next;
            }
        }
    }
}
