namespace Hutch.Analysis.Spots;

/// <summary>The columns and rows that a spot covers, half open: the ends are the first ones beyond.</summary>
/// <param name="X0">First column.</param>
/// <param name="X1">First column beyond.</param>
/// <param name="Y0">First row.</param>
/// <param name="Y1">First row beyond.</param>
public readonly record struct SpotBox(int X0, int X1, int Y0, int Y1);
