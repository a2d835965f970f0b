namespace Hutch.DataLad.Packs;

/// <summary>The packs that were made last, within a bound of bytes. A clone of the same version reads them again.</summary>
internal sealed class PackCache(long maxBytes) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, Pack Pack)>> _packs = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, Pack Pack)> _byUse = new();
    private long _bytes;

    /// <summary>A pack that was kept, leased to the caller.</summary>
    public Pack? TryLease(string key)
    {
        lock (_gate)
        {
            if (!_packs.TryGetValue(key, out LinkedListNode<(string Key, Pack Pack)>? node) || !node.Value.Pack.TryLease())
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Pack;
        }
    }

    /// <summary>Caches a pack that the caller has leased; a pack larger than the whole cache is not kept.</summary>
    public void Set(string key, Pack pack)
    {
        lock (_gate)
        {
            if (pack.Length > maxBytes || _packs.ContainsKey(key) || !pack.TryLease())
            {
                return;
            }

            _packs[key] = _byUse.AddFirst((key, pack));
            _bytes += pack.Length;
            while (_bytes > maxBytes)
            {
                Drop(_byUse.Last!);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            while (_byUse.Last is { } last)
            {
                Drop(last);
            }
        }
    }

    private void Drop(LinkedListNode<(string Key, Pack Pack)> node)
    {
        _byUse.Remove(node);
        _packs.Remove(node.Value.Key);
        _bytes -= node.Value.Pack.Length;
        node.Value.Pack.Release();
    }
}
