using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>The index of a segment that has none at its end: the open one, an abandoned one, one whose own index is damaged.</summary>
internal sealed class MemoryIndex : IMemberIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<MemberKey, IndexEntry> _entries = [];

    public long Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    public bool TryFind(MemberKey key, out IndexEntry entry)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(key, out entry);
        }
    }

    /// <summary>
    /// Makes members visible, all at once. A later copy of a member takes the place of an earlier one; returns those that lost theirs.
    /// </summary>
    public IReadOnlyList<IndexEntry> Add(IReadOnlyList<IndexEntry> entries)
    {
        List<IndexEntry>? replaced = null;
        lock (_gate)
        {
            foreach (IndexEntry entry in entries)
            {
                if (_entries.Remove(entry.Key, out IndexEntry old))
                {
                    (replaced ??= []).Add(old);
                }

                _entries.Add(entry.Key, entry);
            }
        }

        return replaced ?? (IReadOnlyList<IndexEntry>)[];
    }

    public void Check()
    {
        // Nothing of it is on disk.
    }

    public IEnumerable<IndexEntry> Entries() => Sorted();

    public IndexEntry[] Sorted()
    {
        IndexEntry[] sorted;
        lock (_gate)
        {
            sorted = [.. _entries.Values];
        }

        Array.Sort(sorted, static (a, b) => a.Key.CompareTo(b.Key));
        return sorted;
    }
}
