using Hutch.Site.Engines.Segments;
using Hutch.Storage;
using Hutch.Storage.Segments;

namespace Hutch.Cluster.Tests.Folders;

/// <summary>The choice of small segments to merge.</summary>
public sealed class SmallSegmentsTests
{
    private const long SegmentBytes = 1L << 30;
    private const long Mebibyte = 1 << 20;

    [Theory]
    [InlineData(7, 0)]
    [InlineData(8, 8)]
    [InlineData(500, 500)]
    public void A_few_small_segments_stay_and_many_are_merged(int segments, int merged) =>
        Assert.Equal(merged, Choose([.. Enumerable.Repeat(10_000L, segments)]).Count);

    [Fact]
    public void A_larger_segment_is_not_moved_for_small_ones()
    {
        long[] small = [.. Enumerable.Repeat(10_000L, 20)];

        Assert.DoesNotContain(21, Choose([.. small, 60 * Mebibyte]));
    }

    [Fact]
    public void Full_segments_are_never_merged() => Assert.Empty(Choose([.. Enumerable.Repeat(SegmentBytes / 2, 20)]));

    [Fact]
    public void Segments_to_merge_fit_into_one_segment() =>
        Assert.True(Choose([.. Enumerable.Repeat(Mebibyte / 2, 5000)]).Count * Mebibyte / 2 <= SegmentBytes);

    [Fact]
    public void A_quiet_site_keeps_few_segments_and_moves_each_byte_a_few_times()
    {
        const int Days = 400;
        List<long> all = [];
        long moved = 0;
        for (int day = 0; day < Days; day++)
        {
            all.AddRange(Enumerable.Repeat(20_000L, 144));
            HashSet<long> merged = Choose([.. all]);
            long bytes = merged.Sum(number => all[(int)number - 1]);
            all = [.. all.Where((_, at) => !merged.Contains(at + 1)), bytes];
            moved += bytes;
        }

        Assert.True(all.Count < 30, $"{all.Count} segments");
        Assert.True(moved < 6 * all.Sum(), $"{moved / (double)all.Sum():0.0} times");
    }

    private static HashSet<long> Choose(long[] bytes) => SmallSegments.Choose(
        bytes.Select(static (used, at) => new SegmentInfo(
            at + 1, Lane.Main, SegmentState.Sealed, "", used, 1, used, 0, 0, CanRetire: true)),
        SegmentBytes);
}
