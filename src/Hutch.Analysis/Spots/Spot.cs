namespace Hutch.Analysis.Spots;

/// <summary>A connected group of strong pixels. Pixel (x, y) covers x to x + 1 and y to y + 1, so that its centre is at x + 0.5.</summary>
/// <param name="PixelCount">Strong pixels in it.</param>
/// <param name="Intensity">The sum of their values, nothing subtracted; its variance is the same number.</param>
/// <param name="CentroidX">Mean x, weighted by value, in pixels from the left edge.</param>
/// <param name="CentroidY">Mean y, weighted by value, in pixels from the upper edge.</param>
/// <param name="PeakX">Column of the brightest pixel; of the first in row order if there are several.</param>
/// <param name="PeakY">Row of the brightest pixel.</param>
internal readonly record struct Spot(
    int PixelCount,
    long Intensity,
    double CentroidX,
    double CentroidY,
    SpotBox Box,
    int PeakX,
    int PeakY);

/// <summary>The columns and rows that a spot covers, half open: the ends are the first ones beyond.</summary>
/// <param name="X0">First column.</param>
/// <param name="X1">First column beyond.</param>
/// <param name="Y0">First row.</param>
/// <param name="Y1">First row beyond.</param>
internal readonly record struct SpotBox(int X0, int X1, int Y0, int Y1);
