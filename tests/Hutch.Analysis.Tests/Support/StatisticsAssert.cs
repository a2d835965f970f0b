using Hutch.Analysis.Statistics;

namespace Hutch.Analysis.Tests.Support;

/// <summary>Equal but for the last digits, which depend on the order of additions.</summary>
internal static class StatisticsAssert
{
    public static void Same(ImageStatistics expected, ImageStatistics actual)
    {
        Assert.Equal((expected.SpotsTotal, expected.SpotsNoIce, expected.Spots4Angstrom), (actual.SpotsTotal, actual.SpotsNoIce, actual.Spots4Angstrom));
        Assert.Equal(expected.TotalIntensity, actual.TotalIntensity);
        Assert.Equal(expected.EstimatedDMin, actual.EstimatedDMin, 1e-9);
        Assert.Equal(expected.DMinDistlMethod1, actual.DMinDistlMethod1, 1e-9);
        Assert.Equal(expected.NoisinessMethod1, actual.NoisinessMethod1, 1e-12);
        Assert.Equal(expected.DMinDistlMethod2, actual.DMinDistlMethod2, 1e-9);
        Assert.Equal(expected.NoisinessMethod2, actual.NoisinessMethod2, 1e-12);
    }
}
