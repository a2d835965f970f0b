using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>The index of a segment that has none at its end: the open one, an abandoned one, one whose own index is damaged.</summary>
/// <remarks>
/// About 70 bytes a member, and twice that for a moment when it grows: <see cref="SegmentOptions.SegmentMembers"/> bounds it.
/// </remarks>
internal sealed class MemoryIndex : IMemberIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<MemberKey, Location> _locations = [];

    public long Count
    {
        get
        {
            lock (_gate)
            {
                return _locations.Count;
            }
        }
    }

    public bool TryFind(MemberKey key, out IndexEntry entry)
    {
        lock (_gate)
        {
            bool isThere = _locations.TryGetValue(key, out Location location);
            entry = isThere ? location.From(key) : default;
            return isThere;
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
                if (_locations.Remove(entry.Key, out Location old))
                {
                    (replaced ??= []).Add(old.From(entry.Key));
                }

                _locations.Add(entry.Key, new Location(entry.Block, entry.Length, entry.Crc32C));
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
            sorted = [.. _locations.Select(static member => member.Value.From(member.Key))];
        }

        Array.Sort(sorted, static (a, b) => a.Key.CompareTo(b.Key));
        return sorted;
    }

    /// <summary>An entry without its key, which the dictionary has already.</summary>
    private readonly record struct Location(uint Block, uint Length, uint Crc32C)
    {
        public IndexEntry From(MemberKey key) => new(key, Block, Length, Crc32C);
    }
}
