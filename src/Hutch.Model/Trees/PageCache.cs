namespace Hutch.Model;

/// <summary>A cache of the pages read last, decoded, with a memory limit. Thread-safe; shared by all trees of a store.</summary>
public sealed class PageCache
{
    private readonly LruCache<BlobHash, TreePage> _pages;

    /// <summary>Creates a cache. It holds at least one page of any size.</summary>
    public PageCache(long maxBytes = 32 << 20)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        _pages = new LruCache<BlobHash, TreePage>(int.MaxValue, maxBytes, static page => page.MemoryBytes);
    }

    /// <summary>The approximate memory of the cached pages, in bytes.</summary>
    public long SizeBytes => _pages.SizeBytes;

    internal TreePage? Find(BlobHash hash) => _pages.TryFind(hash, out TreePage? page) ? page : null;

    /// <summary>Adds a page, and evicts the least recently used ones.</summary>
    internal void Add(BlobHash hash, TreePage page) => _pages.Set(hash, page);
}
