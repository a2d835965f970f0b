namespace Hutch.Analysis.Statistics;

/// <summary>
/// The statistics of one image's spots: the nine numbers of DIALS' per-image analysis, under the names by which peers match them.
/// Resolutions are in Å. The last five are -1 when there are ten spots or fewer outside the ice rings, or when they cannot be determined.
/// </summary>
/// <param name="Spots4Angstrom">Spots with d above 4 Å.</param>
/// <param name="TotalIntensity">Sum of the intensities of the spots outside the ice rings.</param>
/// <param name="EstimatedDMin">Resolution limit from the fall of ln(I/σ) with 1/d².</param>
/// <param name="DMinDistlMethod1">
/// Resolution limit by the first method of Zhang et al. (2006), J. Appl. Cryst. 39, 112, section 2.4.4.
/// </param>
/// <param name="NoisinessMethod1">The deviation of that method's curve from monotonic, 0 to 1.</param>
/// <param name="DMinDistlMethod2">Resolution limit by the second method of the same paper.</param>
/// <param name="NoisinessMethod2">The deviation of that method's counts from monotonic, 0 to 1.</param>
internal readonly record struct ImageStatistics(
    int SpotsTotal,
    int SpotsNoIce,
    int Spots4Angstrom,
    double TotalIntensity,
    double EstimatedDMin,
    double DMinDistlMethod1,
    double NoisinessMethod1,
    double DMinDistlMethod2,
    double NoisinessMethod2)
{
    /// <summary>The value of a number that cannot be estimated.</summary>
    public const double Unknown = -1;
}
