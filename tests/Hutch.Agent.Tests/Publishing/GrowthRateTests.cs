using Hutch.Agent.Publishing;

namespace Hutch.Agent.Tests.Publishing;

public sealed class GrowthRateTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_is_what_came_in_the_last_minute()
    {
        var rate = new GrowthRate();
        for (int second = 0; second <= 100; second++)
        {
            rate.AddSample(Start.AddSeconds(second), 1000 * second);
        }

        Assert.Equal(1000, rate.At(Start.AddSeconds(100)), 3);
    }

    [Fact]
    public void It_ends_when_nothing_comes_any_more()
    {
        var rate = new GrowthRate();
        rate.AddSample(Start, 0);
        rate.AddSample(Start.AddSeconds(10), 1_000_000);

        Assert.InRange(rate.At(Start.AddSeconds(50)), 1, 100_000);
        Assert.Equal(0, rate.At(Start.AddSeconds(71)));
    }

    [Fact]
    public void What_was_there_before_the_first_look_is_no_growth()
    {
        var rate = new GrowthRate();
        rate.AddSample(Start, 5_000_000);

        Assert.Equal(0, rate.At(Start.AddSeconds(1)));
    }

    [Fact]
    public void A_folder_that_shrinks_does_not_grow()
    {
        var rate = new GrowthRate();
        rate.AddSample(Start, 5_000_000);
        rate.AddSample(Start.AddSeconds(5), 1_000);

        Assert.Equal(0, rate.At(Start.AddSeconds(6)));
    }
}
