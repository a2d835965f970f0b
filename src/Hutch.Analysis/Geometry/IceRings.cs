namespace Hutch.Analysis.Geometry;

/// <summary>
/// The powder rings of hexagonal ice: cell a = 4.498 Å, c = 7.338 Å, space group P6₃/mmc (No. 194), whose glide plane and screw axis
/// forbid odd l where h = k. A spot is ice when its 1/d² is nearer to that of a ring than half the width.
/// </summary>
internal sealed class IceRings
{
    /// <summary>The usual width of a ring, in 1/Å².</summary>
    public const double DefaultWidth = 0.004;

    private const double CellA = 4.498;
    private const double CellC = 7.338;

    private readonly double _halfWidth;
    private double[] _rings = [];
    private double _reach;

    public IceRings(double width = DefaultWidth)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(width);
        _halfWidth = width / 2;
    }

    /// <summary>The 1/d² in Å⁻² of each ring that spots up to <paramref name="largest"/> can be on, ascending.</summary>
    public ReadOnlySpan<double> UpTo(double largest)
    {
        largest += _halfWidth;
        if (largest > _reach)
        {
            // In steps, so that the frames of a series rarely make the list anew.
            _reach = Math.Ceiling(largest * 2) / 2;
            _rings = Compute(_reach);
        }

        int count = Array.BinarySearch(_rings, largest);
        return _rings.AsSpan(0, count < 0 ? ~count : count + 1);
    }

    /// <summary>Returns true if a spot of this 1/d² is on one of the rings.</summary>
    public bool IsIce(ReadOnlySpan<double> rings, double inverseSquare)
    {
        int above = rings.BinarySearch(inverseSquare);
        above = above < 0 ? ~above : above;
        return (above < rings.Length && rings[above] - inverseSquare < _halfWidth)
            || (above > 0 && inverseSquare - rings[above - 1] < _halfWidth);
    }

    // h >= k >= 0 and l >= 0 reach every ring: 6/mmm makes all others equivalent.
    private static double[] Compute(double largest)
    {
        var rings = new SortedSet<double>();
        int lastH = (int)Math.Ceiling(CellA * Math.Sqrt(largest));
        int lastL = (int)Math.Ceiling(CellC * Math.Sqrt(largest));
        for (int h = 0; h <= lastH; h++)
        {
            for (int k = 0; k <= h; k++)
            {
                for (int l = 0; l <= lastL; l++)
                {
                    double inverseSquare = (4.0 / 3 * ((h * h) + (h * k) + (k * k)) / (CellA * CellA)) + (l * l / (CellC * CellC));
                    if (inverseSquare > 0 && inverseSquare <= largest && (h != k || l % 2 == 0))
                    {
                        rings.Add(inverseSquare);
                    }
                }
            }
        }

        return [.. rings];
    }
}
