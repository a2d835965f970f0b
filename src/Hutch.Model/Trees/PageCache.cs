namespace Hutch.Model;

/// <summary>
/// Keeps the pages read last, decoded, within a bound of memory. Safe for several threads; shared by all trees of a store.
/// </summary>
public sealed class PageCache
{
    private readonly LruCache<BlobHash, TreePage> _pages;

    /// <summary>Makes a cache; it holds at least one page, whatever its size.</summary>
    public PageCache(long maxBytes = 32 << 20)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        _pages = new LruCache<BlobHash, TreePage>(int.MaxValue, maxBytes, static page => page.MemoryBytes);
    }

    /// <summary>Approximate memory of the cached pages.</summary>
    public long SizeBytes => _pages.SizeBytes;

    internal TreePage? Find(BlobHash hash) => _pages.TryFind(hash, out TreePage? page) ? page : null;

    /// <summary>Keeps a page, and lets go of those not used for longest.</summary>
    internal void Add(BlobHash hash, TreePage page) => _pages.Keep(hash, page);
}
