namespace Hutch.Analysis.Statistics;

/// <param name="InverseResolution">1/d in 1/Å; above 0.</param>
/// <param name="Intensity">Sum of its pixels; its variance is the same.</param>
internal readonly record struct StatisticsSpot(double InverseResolution, double Intensity, bool IsIce)
{
    /// <summary>1/d² in Å⁻².</summary>
    public double InverseSquare => InverseResolution * InverseResolution;

    /// <summary>d in Å.</summary>
    public double Resolution => 1 / Math.Sqrt(InverseSquare);
}
