using System.Collections;
using Hutch.Storage.Segments;

namespace Hutch.Datasets.Maintenance;

/// <summary>Which members of the segments under collection live: a bit for each 512 bytes of a segment.</summary>
internal sealed class LiveMarks(SegmentStore segments, IEnumerable<SegmentInfo> candidates)
{
    private const int BlockBytes = 512;

    private readonly Dictionary<long, BitArray> _marks = candidates.ToDictionary(
        segment => segment.Number, segment => new BitArray((int)(segment.UsedBytes / BlockBytes) + 1));

    /// <summary>Marks the copy of a member that readers find; older copies stay unmarked.</summary>
    public void Mark(MemberKey key)
    {
        if (segments.TryLocate(key, out MemberLocation location) && _marks.TryGetValue(location.Segment, out BitArray? marks))
        {
            marks[(int)(location.Offset / BlockBytes)] = true;
        }
    }

    /// <summary>Whether a member was marked.</summary>
    public bool IsMarked(MemberLocation location) => _marks[location.Segment][(int)(location.Offset / BlockBytes)];
}
