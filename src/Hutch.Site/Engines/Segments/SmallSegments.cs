using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

/// <summary>
/// Chooses small segments to merge. A folder over a bucket seals its segments early, so a quiet site would leave one small object for each
/// interval. A segment joins its smaller ones only if it is not larger than all of them together: each byte is moved a few times at most.
/// </summary>
internal static class SmallSegments
{
    /// <summary>The fewest segments that are worth a merge.</summary>
    public const int LeastMerged = 8;

    private const long AlwaysBytes = 1 << 20;

    /// <summary>True for a segment that may be merged.</summary>
    /// <param name="segmentBytes">The longest segment.</param>
    public static bool IsSmall(SegmentInfo segment, long segmentBytes) =>
        segment is { State: SegmentState.Sealed, Lane.IsTransient: false } && segment.UsedBytes <= segmentBytes / 4;

    /// <summary>Returns the numbers of the segments to merge.</summary>
    public static HashSet<long> Choose(IEnumerable<SegmentInfo> segments, long segmentBytes)
    {
        HashSet<long> chosen = [];
        foreach (IGrouping<Lane, SegmentInfo> lane in segments.Where(segment => IsSmall(segment, segmentBytes))
            .GroupBy(static segment => segment.Lane))
        {
            long bytes = 0;
            List<long> merged = [];
            foreach (SegmentInfo segment in lane.OrderBy(static segment => segment.UsedBytes).ThenBy(static segment => segment.Number))
            {
                if ((segment.UsedBytes > AlwaysBytes && segment.UsedBytes > bytes) || bytes + segment.UsedBytes > segmentBytes)
                {
                    break;
                }

                merged.Add(segment.Number);
                bytes += segment.UsedBytes;
            }

            if (merged.Count >= LeastMerged)
            {
                chosen.UnionWith(merged);
            }
        }

        return chosen;
    }
}
