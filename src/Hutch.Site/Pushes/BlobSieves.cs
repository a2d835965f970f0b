using Hutch.Model;
using Hutch.Site.Locks;

namespace Hutch.Site.Pushes;

/// <summary>
/// Whether it is worth walking a tree for some blobs. What this costs, and what it says, depends on the tree and the blobs alone and not on
/// what the store has: whoever offers hashes learns nothing from the time that the answer takes.
/// </summary>
/// <remarks>Thread-safe. The sieves used last are kept, within a bound of memory; one that is lost costs a walk.</remarks>
internal sealed class BlobSieves(Tree tree)
{
    private const long MaxBytes = 64 << 20;

    private readonly KeyedLock<DatasetId> _turns = new();
    private readonly Lock _gate = new();
    private readonly LinkedList<(DatasetId Dataset, BlobSieve Sieve)> _byUse = new();

    /// <summary>Whether a tree of a dataset may name one of some blobs; no is certain.</summary>
    public async Task<bool> LetsThroughAsync(DatasetId dataset, TreeRoot root, IReadOnlyCollection<BlobHash> blobs, CancellationToken ct)
    {
        using IDisposable turn = await _turns.EnterAsync(dataset, ct);

        // Not among the kept ones meanwhile: a walk that fails leaves a sieve that has pages and not all that is below them.
        BlobSieve sieve = Take(dataset) ?? new BlobSieve(root.Files);
        await tree.VisitAsync(root, sieve, ct);
        if (sieve.IsFull)
        {
            sieve = new BlobSieve(root.Files);
            await tree.VisitAsync(root, sieve, ct);
        }

        Keep(dataset, sieve);
        return blobs.Any(sieve.LetsThrough);
    }

    private BlobSieve? Take(DatasetId dataset)
    {
        lock (_gate)
        {
            for (LinkedListNode<(DatasetId Dataset, BlobSieve Sieve)>? kept = _byUse.First; kept is not null; kept = kept.Next)
            {
                if (kept.Value.Dataset == dataset)
                {
                    _byUse.Remove(kept);
                    return kept.Value.Sieve;
                }
            }

            return null;
        }
    }

    private void Keep(DatasetId dataset, BlobSieve sieve)
    {
        lock (_gate)
        {
            _byUse.AddFirst((dataset, sieve));
            long bytes = 0;
            for (LinkedListNode<(DatasetId Dataset, BlobSieve Sieve)>? kept = _byUse.First; kept is not null;)
            {
                LinkedListNode<(DatasetId Dataset, BlobSieve Sieve)>? next = kept.Next;
                bytes += kept.Value.Sieve.SizeBytes;
                if (bytes > MaxBytes && kept.Previous is not null)
                {
                    _byUse.Remove(kept);
                }

                kept = next;
            }
        }
    }
}
