using Hutch.Analysis.Steps;

namespace Hutch.Analysis.Tests.Steps;

public sealed class StrongPixelRunsTests
{
    [Fact]
    public void Neighbours_are_one_run_and_what_lies_between_is_counted()
    {
        var runs = new StrongPixelRuns();

        runs.Set([2, 3, 4, 300, 301]);

        Assert.Equal(5, runs.Count);
        Assert.Equal([2, 3, 0xA7, 2, 2], runs.Packed!.Value.ToArray()); // 295 pixels between: 0x27 and twice 128
    }

    [Fact]
    public void A_frame_without_strong_pixels_has_an_empty_list_of_runs()
    {
        var runs = new StrongPixelRuns();

        runs.Set([]);

        Assert.Equal((0, 0), (runs.Count, runs.Packed!.Value.Length));
    }

    [Fact]
    public void A_step_that_looks_for_none_has_none()
    {
        var runs = new StrongPixelRuns();

        Assert.Null(runs.Count);
        Assert.Null(runs.Packed);
    }

    [Fact]
    public void Too_many_strong_pixels_are_counted_and_not_listed()
    {
        var runs = new StrongPixelRuns();

        runs.Set([.. Enumerable.Range(0, 3 << 20).Select(i => i * 2)]);

        Assert.Equal(3 << 20, runs.Count);
        Assert.Null(runs.Packed);
    }
}
