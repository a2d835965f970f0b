using Hutch.Model.Analyses;

namespace Hutch.Model.Tests.Analyses;

public sealed class FrameSetTests
{
    [Fact]
    public void Ranges_are_in_order_whatever_the_order_in_which_frames_came()
    {
        var frames = new FrameSet();
        foreach (int frame in (int[])[70_000, 3, 1, 65_536, 2, 65_535, 9, 2])
        {
            frames.Add(frame);
        }

        Assert.Equal([new FrameRange(1, 3), new FrameRange(9, 9), new FrameRange(65_535, 65_536), new FrameRange(70_000, 70_000)], frames.Ranges);
        Assert.Equal(7, frames.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Ranges_name_exactly_the_frames_that_were_added(int seed)
    {
        var random = new Random(seed);
        int[] added = [.. Enumerable.Range(0, 5000).Select(_ => random.Next(1, 200_000)), .. Enumerable.Range(1000, 300)];
        var frames = new FrameSet();
        foreach (int frame in added)
        {
            frames.Add(frame);
        }

        Assert.Equal(added.Distinct().Order(), frames.Ranges.SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1)));
        Assert.All(frames.Ranges.Zip(frames.Ranges.Skip(1)), pair => Assert.True(pair.First.Last + 1 < pair.Second.First));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(1_300)]
    [InlineData(250_000)]
    public void Missing_frames_are_all_frames_up_to_the_last_except_those_added(int last)
    {
        var random = new Random(last);
        int[] added = [.. Enumerable.Range(0, 5000).Select(_ => random.Next(1, 200_000)), .. Enumerable.Range(1000, 300)];
        var frames = new FrameSet();
        foreach (int frame in added)
        {
            frames.Add(frame);
        }

        Assert.Equal(
            Enumerable.Range(1, last).Except(added),
            frames.Missing(last).SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1)));
    }

    [Fact]
    public void A_distant_frame_leaves_two_missing_ranges()
    {
        var frames = new FrameSet();
        frames.Add(7);
        frames.Add(999_999_999);

        Assert.Equal([new FrameRange(1, 6), new FrameRange(8, 999_999_998)], frames.Missing(999_999_999));
    }
}
