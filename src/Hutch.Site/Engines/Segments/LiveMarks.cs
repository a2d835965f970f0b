using System.Collections;
using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

/// <summary>The live members of the segments under collection: a bit for each 512 bytes of a segment.</summary>
internal sealed class LiveMarks(SegmentStore segments, IEnumerable<SegmentInfo> candidates)
{
    private const int BlockBytes = 512;

    private readonly Dictionary<long, BitArray> _marks = candidates.ToDictionary(
        segment => segment.Number, segment => new BitArray((int)(segment.UsedBytes / BlockBytes) + 1));

    private readonly Dictionary<MemberKey, List<MemberLocation>> _transient = [];

    /// <summary>
    /// Marks, from now on, all copies in a transient segment, not only the one that readers find: the lane of each copy determines its end,
    /// so that none replaces another.
    /// </summary>
    public async Task AddTransientAsync(SegmentInfo segment, CancellationToken ct)
    {
        await foreach (MemberInfo member in segments.EnumerateMembersAsync(segment.Number, ct))
        {
            if (!_transient.TryGetValue(member.Key, out List<MemberLocation>? copies))
            {
                _transient.Add(member.Key, copies = []);
            }

            copies.Add(member.Location);
        }
    }

    /// <summary>
    /// Marks the newest lasting copy of a member: one that expires must never replace it, though readers may find it first. Older copies
    /// stay unmarked. False when there is no copy at all.
    /// </summary>
    public bool Mark(MemberKey key)
    {
        if (_transient.TryGetValue(key, out List<MemberLocation>? copies))
        {
            copies.ForEach(Mark);
        }

        if (!segments.TryLocate(key, out MemberLocation location, lastingOnly: true) && !segments.TryLocate(key, out location))
        {
            return false;
        }

        Mark(location);
        return true;
    }

    public bool IsMarked(MemberLocation location) => _marks[location.Segment][(int)(location.Offset / BlockBytes)];

    private void Mark(MemberLocation location)
    {
        if (_marks.TryGetValue(location.Segment, out BitArray? marks))
        {
            marks[(int)(location.Offset / BlockBytes)] = true;
        }
    }
}
