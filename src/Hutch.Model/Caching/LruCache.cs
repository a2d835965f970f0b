using System.Diagnostics.CodeAnalysis;

namespace Hutch.Model;

/// <summary>
/// A cache of the most recently used values, limited in number and memory. It retains at least one value of any size. Thread-safe.
/// </summary>
/// <param name="maxBytes">The most memory of all values, in bytes.</param>
/// <param name="bytesOf">The approximate memory of a value, in bytes.</param>
public sealed class LruCache<TKey, TValue>(int maxEntries, long maxBytes, Func<TValue, long> bytesOf)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _entries = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _byUse = new();
    private long _bytes;

    /// <summary>The approximate memory of all values, in bytes.</summary>
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

    /// <summary>Adds or replaces the value of a key, and evicts the least recently used values beyond the limits.</summary>
    public void Set(TKey key, TValue value)
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

    public void Remove(TKey key)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out LinkedListNode<(TKey Key, TValue Value)>? existing))
            {
                Drop(existing);
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
