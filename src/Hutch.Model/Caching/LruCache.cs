using System.Diagnostics.CodeAnalysis;

namespace Hutch.Model;

/// <summary>
/// Keeps what was used last, within a number and a bound of memory, and at least one, however large it is. Safe for several threads.
/// </summary>
/// <param name="maxEntries">The most that are kept.</param>
/// <param name="maxBytes">Their memory, at most.</param>
/// <param name="bytesOf">The memory of one, about.</param>
public sealed class LruCache<TKey, TValue>(int maxEntries, long maxBytes, Func<TValue, long> bytesOf)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _entries = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _byUse = new();
    private long _bytes;

    /// <summary>Approximate memory of what is kept.</summary>
    public long SizeBytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Finds what is kept under a key; that is its use.</summary>
    public bool TryFind(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out LinkedListNode<(TKey Key, TValue Value)>? node))
            {
                value = default;
                return false;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            value = node.Value.Value;
            return true;
        }
    }

    /// <summary>Keeps a value, in place of one with its key and of those that were not used for longest.</summary>
    public void Keep(TKey key, TValue value)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out LinkedListNode<(TKey Key, TValue Value)>? before))
            {
                Drop(before);
            }

            _entries[key] = _byUse.AddFirst((key, value));
            _bytes += bytesOf(value);
            while (_byUse.Count > 1 && (_bytes > maxBytes || _byUse.Count > maxEntries))
            {
                Drop(_byUse.Last!);
            }
        }
    }

    /// <summary>Forgets what is kept under a key, if anything is.</summary>
    public void Forget(TKey key)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out LinkedListNode<(TKey Key, TValue Value)>? kept))
            {
                Drop(kept);
            }
        }
    }

    private void Drop(LinkedListNode<(TKey Key, TValue Value)> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.Key);
        _bytes -= bytesOf(node.Value.Value);
    }
}
