namespace Hutch.Analysis.Statistics;

/// <summary>A resolution limit in Å, and how noisy the curve is that it was read from.</summary>
internal readonly record struct ResolutionEstimate(double DMin, double Noisiness)
{
    public static ResolutionEstimate Unknown => new(ImageStatistics.Unknown, ImageStatistics.Unknown);
}
