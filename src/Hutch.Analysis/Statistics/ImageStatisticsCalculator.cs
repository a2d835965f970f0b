namespace Hutch.Analysis.Statistics;

/// <summary>
/// Computes <see cref="ImageStatistics"/>. Keeps its working memory, so that a frame allocates nothing; one thread at a time.
/// </summary>
internal sealed class ImageStatisticsCalculator
{
    /// <summary>With no more spots than this outside the ice rings, resolution is not estimated.</summary>
    public const int TooFewSpots = 10;

    private const double LowResolutionAngstrom = 4;

    private readonly WilsonLimit _wilson = new();
    private readonly DistlMethod1 _method1 = new();
    private readonly DistlMethod2 _method2 = new();

    /// <summary>
    /// The statistics of one image. Spots must be in the order of their first pixels: where two are equal, the first one counts.
    /// </summary>
    public ImageStatistics Compute(ReadOnlySpan<StatisticsSpot> spots)
    {
        int noIce = 0, low = 0;
        double intensity = 0;
        foreach (ref readonly StatisticsSpot spot in spots)
        {
            low += spot.Resolution > LowResolutionAngstrom ? 1 : 0;
            if (!spot.IsIce)
            {
                noIce++;
                intensity += spot.Intensity;
            }
        }

        double limit = ImageStatistics.Unknown;
        ResolutionEstimate first = ResolutionEstimate.Unknown, second = ResolutionEstimate.Unknown;
        if (noIce > TooFewSpots)
        {
            limit = _wilson.Estimate(spots);
            first = _method1.Estimate(spots);
            second = _method2.Estimate(spots);
        }

        return new ImageStatistics(spots.Length, noIce, low, intensity, limit, first.DMin, first.Noisiness, second.DMin, second.Noisiness);
    }
}
