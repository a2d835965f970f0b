namespace Hutch.Analysis.Statistics;

/// <summary>
/// Method 1 of Zhang et al. (2006), J. Appl. Cryst. 39, 112–119, section 2.4.4: in a list of spots by resolution, 1/d³ grows in
/// proportion to the rank as long as spots fill reciprocal space; the limit is where the curve is furthest below its chord.
/// </summary>
internal sealed class DistlMethod1
{
    private const int SmallestStep = 2;
    private const int MostPoints = 40;
    private const int FirstEnd = 4;

    private readonly double[] _cubes = new double[MostPoints + 1];
    private readonly double[] _slopes = new double[MostPoints + 1];
    private readonly double[] _gaps = new double[MostPoints + 1];
    private double[] _inverse = [];

    /// <summary>The limit and the noisiness, or unknown for fewer than five points.</summary>
    public ResolutionEstimate Estimate(ReadOnlySpan<StatisticsSpot> spots)
    {
        int step = SmallestStep;
        while ((double)spots.Length / step > MostPoints)
        {
            step++;
        }

        int points = spots.Length / step;
        if (points <= FirstEnd)
        {
            return ResolutionEstimate.Unknown;
        }

        Span<double> inverse = SortedInverse(spots);
        for (int i = 0; i < points; i++)
        {
            _cubes[i] = Math.Pow(inverse[i * step], 3);
            _slopes[i] = i > 0 ? (_cubes[i] - _cubes[0]) / i : 0;
        }

        int chosen = FurthestBelowChord(ChordEnd(points));
        double s = inverse[chosen * step] * inverse[chosen * step];
        return new ResolutionEstimate(1 / Math.Sqrt(s), Noisiness(points));
    }

    private Span<double> SortedInverse(ReadOnlySpan<StatisticsSpot> spots)
    {
        if (_inverse.Length < spots.Length)
        {
            _inverse = new double[Math.Max(256, spots.Length * 2)];
        }

        for (int i = 0; i < spots.Length; i++)
        {
            _inverse[i] = spots[i].InverseResolution;
        }

        Span<double> inverse = _inverse.AsSpan(0, spots.Length);
        inverse.Sort();
        return inverse;
    }

    // The point, not before the fifth, that is seen from the first one under the steepest slope; the first such.
    private int ChordEnd(int points)
    {
        int end = FirstEnd;
        for (int i = FirstEnd + 1; i < points; i++)
        {
            end = _slopes[i] > _slopes[end] ? i : end;
        }

        return end;
    }

    private int FurthestBelowChord(int end)
    {
        double rise = _cubes[end] - _cubes[0];
        double length = Math.Sqrt((rise * rise) + ((double)end * end));
        double sum = 0;
        int widest = 0;
        for (int i = 0; i < end; i++)
        {
            _gaps[i] = Math.Abs(((rise / length) * -i) + ((-end / length) * (_cubes[0] - _cubes[i])));
            sum += _gaps[i];
            widest = _gaps[i] > _gaps[widest] ? i : widest;
        }

        double mean = sum / end, squares = 0;
        for (int i = 0; i < end; i++)
        {
            squares += (_gaps[i] - mean) * (_gaps[i] - mean);
        }

        double nearlyWidest = _gaps[widest] - (0.5 * Math.Sqrt(squares / (end - 1)));
        int chosen = widest;
        for (int i = widest + 1; i < end; i++)
        {
            chosen = _gaps[i] > nearlyWidest ? i : chosen;
        }

        return chosen;
    }

    private double Noisiness(int points)
    {
        int falling = 0;
        for (int i = 1; i < points; i++)
        {
            for (int j = i + 1; j < points; j++)
            {
                falling += _slopes[i] >= _slopes[j] ? 1 : 0;
            }
        }

        return falling / ((points - 1) * (points - 2) / 2.0);
    }
}
