using System.Buffers.Binary;

namespace Hutch.Site.Write.Blobs;

/// <summary>Finds the page of an evicted dataset that names a blob: another site answers no request for a hash without its page.</summary>
/// <remarks>Thread-safe. The versions that an eviction covers never change, so that its pages are walked once.</remarks>
internal sealed class BlobPageIndex(SiteDatabase records, PageStore pages)
{
    private const int MaxDatasets = 1000;
    private const long MaxBytes = 64 << 20;

    private readonly LruCache<BlobHash, HashPageIndex> _indexes = new(MaxDatasets, MaxBytes, static index => index.Bytes);

    private SemaphoreSlim Lock { get; } = new(1);

    /// <summary>Returns a page of the evicted versions that names a blob; null for none.</summary>
    public async ValueTask<EvictedPages?> FindAsync(SiteDataset dataset, BlobHash blob, CancellationToken ct)
    {
        HashPageIndex index = await IndexAsync(dataset, ct);
        foreach (BlobHash page in index.PagesThatMayName(blob))
        {
            if (PageContents.Read(await pages.ReadPageAsync(page, ct)).TryGet(out PageContents? contents, out _)
                && contents.Blobs.FirstOrDefault(named => named.Hash == blob) is { Hash: var hash } found && hash == blob)
            {
                return new EvictedPages(page, found);
            }
        }

        return null;
    }

    /// <summary>Makes one index at a time: waiting callers find it finished.</summary>
    private async ValueTask<HashPageIndex> IndexAsync(SiteDataset dataset, CancellationToken ct)
    {
        BlobHash nonce = dataset.Eviction!.Nonce;
        if (_indexes.TryFind(nonce, out HashPageIndex? known))
        {
            return known;
        }

        await Lock.WaitAsync(ct);
        try
        {
            if (!_indexes.TryFind(nonce, out known))
            {
                _indexes.Set(nonce, known = await MakeAsync(dataset, ct));
            }

            return known;
        }
        finally
        {
            Lock.Release();
        }
    }

    private async Task<HashPageIndex> MakeAsync(SiteDataset dataset, CancellationToken ct)
    {
        var keys = new List<ulong>();
        var at = new List<int>();
        var named = new List<BlobHash>();
        await foreach (StoredPage page in pages.WalkAsync(await RootsAsync(dataset, ct), [], ct))
        {
            if (page.Contents.TryGet(out PageContents? contents, out _))
            {
                keys.AddRange(contents.Blobs.Select(static blob => HashPageIndex.KeyOf(blob.Hash)));
                at.AddRange(Enumerable.Repeat(named.Count, contents.Blobs.Count));
                named.Add(page.Hash);
            }
        }

        return new HashPageIndex([.. keys], [.. at], [.. named]);
    }

    private ValueTask<List<BlobHash>> RootsAsync(SiteDataset dataset, CancellationToken ct) => records.ReadConsistentAsync<List<BlobHash>>(
        queries =>
        [
            .. dataset.Eviction!.Versions.Select(number => queries.Snapshot(dataset.Key, number)).OfType<SiteSnapshot>()
                .Select(static version => version.Root.Page),
        ],
        ct);

    /// <summary>The first bytes of each hash, in their order, with the page that names it: 12 bytes a file.</summary>
    private sealed class HashPageIndex
    {
        private readonly ulong[] _keys;
        private readonly int[] _at;
        private readonly BlobHash[] _pages;

        public HashPageIndex(ulong[] keys, int[] at, BlobHash[] pages)
        {
            Array.Sort(keys, at);
            (_keys, _at, _pages) = (keys, at, pages);
        }

        public long Bytes => (12L * _keys.Length) + (32L * _pages.Length);

        public IEnumerable<BlobHash> PagesThatMayName(BlobHash blob)
        {
            ulong key = KeyOf(blob);
            int first = Array.BinarySearch(_keys, key);
            while (first > 0 && _keys[first - 1] == key)
            {
                first--;
            }

            for (int i = first; i >= 0 && i < _keys.Length && _keys[i] == key; i++)
            {
                yield return _pages[_at[i]];
            }
        }

        public static ulong KeyOf(BlobHash blob) => BinaryPrimitives.ReadUInt64BigEndian(blob.ToBytes());
    }
}

internal sealed record EvictedPages(BlobHash Page, NamedBlob Blob);
