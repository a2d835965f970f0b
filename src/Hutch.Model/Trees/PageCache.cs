namespace Hutch.Model;

/// <summary>
/// Keeps the pages read last, decoded, within a bound of memory. Safe for several threads; shared by all trees of a store.
/// </summary>
public sealed class PageCache
{
    private readonly Lock _lock = new();
    private readonly Dictionary<BlobHash, LinkedListNode<(BlobHash Hash, TreePage Page)>> _pages = [];
    private readonly LinkedList<(BlobHash Hash, TreePage Page)> _byUse = new();
    private readonly long _maxBytes;
    private long _bytes;

    /// <summary>Makes a cache; it holds at least one page, whatever its size.</summary>
    public PageCache(long maxBytes = 32 << 20)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        _maxBytes = maxBytes;
    }

    /// <summary>Approximate memory of the cached pages.</summary>
    public long SizeBytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    internal TreePage? Find(BlobHash hash)
    {
        lock (_lock)
        {
            if (!_pages.TryGetValue(hash, out LinkedListNode<(BlobHash Hash, TreePage Page)>? node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Page;
        }
    }

    /// <summary>Keeps a page, and lets go of those not used for longest.</summary>
    internal void Add(BlobHash hash, TreePage page)
    {
        lock (_lock)
        {
            if (_pages.ContainsKey(hash))
            {
                return;
            }

            _pages[hash] = _byUse.AddFirst((hash, page));
            _bytes += page.MemoryBytes;
            while (_bytes > _maxBytes && _byUse.Count > 1)
            {
                (BlobHash oldest, TreePage gone) = _byUse.Last!.Value;
                _byUse.RemoveLast();
                _pages.Remove(oldest);
                _bytes -= gone.MemoryBytes;
            }
        }
    }
}
