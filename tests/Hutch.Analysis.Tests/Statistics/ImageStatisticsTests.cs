using FsCheck;
using FsCheck.Fluent;
using Hutch.Analysis.Statistics;
using Hutch.Analysis.Tests.Support;

namespace Hutch.Analysis.Tests.Statistics;

public sealed class ImageStatisticsTests
{
    [Fact]
    public void Any_spots_give_what_the_slow_formulas_give()
    {
        Prop.ForAll(
            SomeSpots().ToArbitrary(),
            spots => StatisticsAssert.Same(SlowStatistics.Compute(spots), new ImageStatisticsCalculator().Compute(spots))).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(11), InlineData(12), InlineData(40), InlineData(100), InlineData(399), InlineData(400), InlineData(2500)]
    public void Spots_that_fade_with_resolution_give_what_the_slow_formulas_give(int count)
    {
        StatisticsSpot[] spots = Fading(count, seed: count);

        ImageStatistics statistics = new ImageStatisticsCalculator().Compute(spots);

        StatisticsAssert.Same(SlowStatistics.Compute(spots), statistics);
        Assert.InRange(statistics.DMinDistlMethod1, 1.2, 50);
        Assert.InRange(statistics.DMinDistlMethod2, 1.2, 50);
        Assert.InRange(statistics.NoisinessMethod1, 0, 1);
        Assert.InRange(statistics.NoisinessMethod2, 0, 1);
    }

    [Fact]
    public void With_ten_spots_outside_the_ice_the_last_five_are_minus_one()
    {
        StatisticsSpot[] spots = [.. Fading(10, seed: 2), .. Fading(30, seed: 3).Select(s => s with { IsIce = true })];

        ImageStatistics statistics = new ImageStatisticsCalculator().Compute(spots);

        Assert.Equal((40, 10), (statistics.SpotsTotal, statistics.SpotsNoIce));
        Assert.Equal(
            (-1.0, -1.0, -1.0, -1.0, -1.0),
            (statistics.EstimatedDMin, statistics.DMinDistlMethod1, statistics.NoisinessMethod1, statistics.DMinDistlMethod2, statistics.NoisinessMethod2));
        Assert.Equal(spots.Take(10).Sum(s => s.Intensity), statistics.TotalIntensity);
    }

    [Fact]
    public void No_spots_give_zeros_and_minus_ones()
    {
        Assert.Equal(new ImageStatistics(0, 0, 0, 0, -1, -1, -1, -1, -1), new ImageStatisticsCalculator().Compute([]));
    }

    [Fact]
    public void Spots_at_a_single_resolution_give_no_resolution_limit()
    {
        StatisticsSpot[] spots = [.. Enumerable.Range(1, 50).Select(i => new StatisticsSpot(0.3, 10 * i, false))];

        ImageStatistics statistics = new ImageStatisticsCalculator().Compute(spots);

        StatisticsAssert.Same(SlowStatistics.Compute(spots), statistics);
        Assert.Equal(-1, statistics.EstimatedDMin);
        Assert.Equal(-1, statistics.DMinDistlMethod2);
    }

    [Fact]
    public void The_first_method_finds_the_bend_where_spots_stop_filling_space()
    {
        // 100 spots evenly in 1/d³ up to 2 Å, then 30 that are four times as sparse.
        IEnumerable<double> filled = Enumerable.Range(1, 100).Select(i => Math.Cbrt(i / 100.0 / 8));
        IEnumerable<double> sparse = Enumerable.Range(1, 30).Select(i => Math.Cbrt((1 + (i / 25.0)) / 8));
        StatisticsSpot[] spots = [.. filled.Concat(sparse).Select(r => new StatisticsSpot(r, 100, false))];

        Assert.Equal(2.0, new ImageStatisticsCalculator().Compute(spots).DMinDistlMethod1, 0.15);
    }

    [Fact]
    public void The_second_method_finds_the_shell_where_spots_run_out()
    {
        IEnumerable<double> filled = Enumerable.Range(1, 300).Select(i => Math.Cbrt(i / 300.0 / 8));
        StatisticsSpot[] spots = [.. filled.Append(1 / 1.2).Select(r => new StatisticsSpot(r, 100, false))];

        Assert.Equal(2.0, new ImageStatisticsCalculator().Compute(spots).DMinDistlMethod2, 0.1);
    }

    [Fact]
    public void The_same_calculator_forgets_the_frame_before()
    {
        var calculator = new ImageStatisticsCalculator();
        calculator.Compute(Fading(2000, seed: 1));
        StatisticsSpot[] spots = Fading(60, seed: 5);

        Assert.Equal(new ImageStatisticsCalculator().Compute(spots), calculator.Compute(spots));
    }

    [Fact]
    public void A_frame_allocates_nothing()
    {
        StatisticsSpot[] spots = Fading(500, seed: 9);
        var calculator = new ImageStatisticsCalculator();
        calculator.Compute(spots);

        long before = GC.GetAllocatedBytesForCurrentThread();
        calculator.Compute(spots);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static StatisticsSpot[] Fading(int count, int seed)
    {
        var random = new Random(seed);
        var spots = new StatisticsSpot[count];
        for (int i = 0; i < count; i++)
        {
            double inverse = Math.Cbrt(random.NextDouble()) / 1.5;
            double intensity = Math.Ceiling(5 - (2000 * Math.Exp(-8 * inverse * inverse) * Math.Log(1 - random.NextDouble())));
            spots[i] = new StatisticsSpot(inverse + 0.02, intensity, i > 11 && random.Next(12) == 0);
        }

        return spots;
    }

    // Many equal resolutions and intensities, all ice, few spots: whatever the formulas must take.
    private static Gen<StatisticsSpot[]> SomeSpots() =>
        from count in Gen.Choose(0, 130)
        from grain in Gen.Elements(3, 17, 100_000)
        from ice in Gen.Elements(0, 5, 50, 100)
        from spots in Spot(grain, ice).ArrayOf(count)
        select spots;

    private static Gen<StatisticsSpot> Spot(int grain, int icePercent) =>
        from resolution in Gen.Choose(1, grain)
        from intensity in Gen.OneOf(Gen.Choose(1, 10), Gen.Choose(1, 100_000))
        from ice in Gen.Choose(1, 100)
        select new StatisticsSpot(0.02 + (0.6 * resolution / grain), intensity, ice <= icePercent);
}
