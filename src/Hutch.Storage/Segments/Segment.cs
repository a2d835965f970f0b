using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>One segment of the store: its file, index and state. Readers and the lane's writer share it.</summary>
internal sealed class Segment(
    long number, Lane lane, Guid id, SegmentFile file, IMemberIndex index, SegmentState state, long usedBytes, SegmentTotals totals)
{
    private readonly Lock _gate = new();
    private volatile IMemberIndex _index = index;
    private SegmentState _state = state;
    private long _usedBytes = usedBytes;
    private SegmentTotals _totals = totals;

    public long Number => number;

    public Lane Lane => lane;

    public Guid Id => id;

    public SegmentFile File => file;

    public IMemberIndex Index => _index;

    /// <summary>Its seal, as noted outside of it; null if it is not sealed.</summary>
    public SegmentSeal? Seal { get; set; }

    /// <summary>The end of its groups: the head of an open segment, the cut of an abandoned one, the index of a sealed one.</summary>
    public long GroupsEnd { get; set; } = usedBytes;

    /// <summary>Abandoned segments that this one's first group speaks of: it must outlive them, or their recovery would not know.</summary>
    public IReadOnlyList<long> SpeaksOf { get; set; } = [];

    public SegmentState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    public SegmentTotals Totals
    {
        get
        {
            lock (_gate)
            {
                return _totals;
            }
        }
    }

    /// <summary>Makes a durable group visible.</summary>
    public void Publish(IReadOnlyList<IndexEntry> entries, long end)
    {
        IReadOnlyList<IndexEntry> replaced = ((MemoryIndex)_index).Add(entries);
        lock (_gate)
        {
            _totals = entries.Aggregate(_totals, static (totals, entry) => totals.With(entry));
            _totals = replaced.Aggregate(_totals, static (totals, entry) => totals.Without(entry));
            _usedBytes = end;
            GroupsEnd = end;
        }
    }

    public void MarkAbandoned()
    {
        lock (_gate)
        {
            _state = SegmentState.Abandoned;
        }
    }

    public void MarkSealed(IMemberIndex index, SegmentSeal seal)
    {
        Seal = seal;
        lock (_gate)
        {
            _state = SegmentState.Sealed;
            _usedBytes = seal.Bytes;
        }

        _index = index;
    }

    /// <summary>Puts a rebuilt index in the place of a damaged one.</summary>
    public void ReplaceIndex(MemoryIndex index)
    {
        IndexIsDamaged = true;
        _index = index;
    }

    /// <summary>True if the sealed index on disk is damaged, so that an index in memory replaces it.</summary>
    public bool IndexIsDamaged { get; private set; }

    public MemberLocation Locate(IndexEntry entry) => new(number, entry.BodyOffset, (int)entry.Length, entry.Crc32C, lane.IsTransient);

    public SegmentInfo Describe(bool canRetire)
    {
        lock (_gate)
        {
            return new SegmentInfo(
                number, lane, _state, file.Path, _usedBytes, _index.Count,
                _totals.BodyBytes, _totals.FirstSequence, _totals.LastSequence, canRetire);
        }
    }
}
