using Hutch.Analysis.Geometry;
using Hutch.Analysis.Spots;
using Hutch.Analysis.Statistics;
using Hutch.Analysis.Tests.Support;
using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Analysis.Tests;

public sealed class PerImageAnalysisTests
{
    private static readonly DetectorGeometry Geometry = new(0.9763, DetectorPlane.Square(0.1, 300e-6, 300e-6, 165.5, 126.5));

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5)]
    public void The_statistics_of_the_synthetic_images_are_those_of_the_slow_rules(int number)
    {
        TestImage image = TestData.Synthetic(number);

        ImageStatistics statistics = Create(image, AnalysisParameters.Default).Analyse(image.As16Bit()).Value;

        List<StatisticsSpot> spots = Slow(image, _ => true);
        StatisticsAssert.Same(SlowStatistics.Compute(spots), statistics);
        Assert.Equal(TestData.Expected.GetProperty("images")[number - 1].GetProperty("dispersion").GetProperty("n_spots_total").GetInt32(), statistics.SpotsTotal);
    }

    [Fact]
    public void Resolution_limits_drop_spots_by_their_centroids()
    {
        TestImage image = TestData.Synthetic(4);
        List<StatisticsSpot> all = Slow(image, _ => true);
        double[] sorted = [.. all.Select(s => s.Resolution).Order()];
        double low = (sorted[all.Count / 4] + sorted[(all.Count / 4) - 1]) / 2, high = (sorted[all.Count / 2] + sorted[(all.Count / 2) - 1]) / 2;

        ImageStatistics statistics = Create(image, AnalysisParameters.Default with { DMinAngstrom = low, DMaxAngstrom = high }).Analyse(image.As16Bit()).Value;

        StatisticsAssert.Same(SlowStatistics.Compute(Slow(image, d => d >= low && d <= high)), statistics);
        Assert.InRange(statistics.SpotsTotal, 1, all.Count - 1);
    }

    [Fact]
    public void Without_the_ice_filter_no_spot_is_ice()
    {
        TestImage image = TestData.Synthetic(4);

        ImageStatistics statistics = Create(image, AnalysisParameters.Default with { FilterIce = false }).Analyse(image.As16Bit()).Value;

        Assert.Equal(statistics.SpotsTotal, statistics.SpotsNoIce);
        StatisticsAssert.Same(SlowStatistics.Compute([.. Slow(image, _ => true).Select(s => s with { IsIce = false })]), statistics);
    }

    [Fact]
    public void Without_a_geometry_what_needs_resolution_is_minus_one()
    {
        TestImage image = TestData.Synthetic(4);

        ImageStatistics statistics = PerImageAnalysis.Create(image.Mask, null, AnalysisParameters.Default).Value.Analyse(image.As16Bit()).Value;

        Assert.Equal((statistics.SpotsTotal, -1, -1.0, -1.0), (statistics.SpotsNoIce, statistics.Spots4Angstrom, statistics.EstimatedDMin, statistics.NoisinessMethod2));
        Assert.True(statistics.SpotsTotal > 0);
    }

    [Fact]
    public void Limits_without_a_geometry_are_refused_with_words()
    {
        Result<PerImageAnalysis> result = PerImageAnalysis.Create(DetectorMask.AllValid(9, 9), null, AnalysisParameters.Default with { DMaxAngstrom = 40 });

        Assert.Contains("need the geometry", result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_parameters_are_refused_before_any_frame()
    {
        AnalysisParameters[] wrong =
        [
            AnalysisParameters.Default with { DMinAngstrom = -1 }, AnalysisParameters.Default with { DMinAngstrom = 3, DMaxAngstrom = 2 },
            AnalysisParameters.Default with { IceRingWidth = double.NaN }, AnalysisParameters.Default with { SpotFinder = new() { Gain = 0 } },
        ];

        Assert.All(wrong, p => Assert.Equal(ErrorCode.Unprocessable, PerImageAnalysis.Create(DetectorMask.AllValid(9, 9), Geometry, p).Error?.Code));
    }

    [Fact]
    public void A_frame_allocates_nothing()
    {
        TestImage image = TestData.Synthetic(5);
        ushort[] pixels = image.As16Bit();
        PerImageAnalysis analysis = Create(image, AnalysisParameters.Default);
        analysis.Analyse(pixels);

        long before = GC.GetAllocatedBytesForCurrentThread();
        analysis.Analyse(pixels);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static PerImageAnalysis Create(TestImage image, AnalysisParameters parameters) =>
        PerImageAnalysis.Create(image.Mask, Geometry, parameters).Value;

    private static List<StatisticsSpot> Slow(TestImage image, Func<double, bool> wanted)
    {
        List<(double Inverse, double Intensity)> spots =
        [
            .. SlowSpots.Find(image, SpotFinderParameters.Default)
                .Select(s => (Geometry.InverseResolution(s.CentroidX, s.CentroidY), (double)s.Intensity))
                .Where(s => wanted(1 / Math.Sqrt(s.Item1 * s.Item1))),
        ];
        double furthest = spots.Count == 0 ? 0 : spots.Max(s => s.Inverse * s.Inverse);
        double[] rings = new IceRings().UpTo(furthest).ToArray();
        return [.. spots.Select(s => new StatisticsSpot(s.Inverse, s.Intensity, rings.Any(r => Math.Abs((s.Inverse * s.Inverse) - r) < 0.002)))];
    }
}
