namespace Hutch.Analysis.Statistics;

/// <summary>
/// Method 2 of Zhang et al. (2006), J. Appl. Cryst. 39, 112–119, section 2.4.4: count spots in shells of equal volume of reciprocal
/// space; the limit is where two shells in a row hold less than 15 % of what the first two do.
/// </summary>
internal sealed class DistlMethod2
{
    private const int FewestInFirstShell = 25;
    private const int FewestShells = 20;
    private const int MostShells = 40;
    private const double FewFraction = 0.15;
    private const double Third = 1.0 / 3;

    private readonly int[] _counts = new int[MostShells];
    private double[] _d = [];

    /// <summary>The limit and the noisiness, or unknown when there is nothing to divide into shells.</summary>
    public ResolutionEstimate Estimate(ReadOnlySpan<StatisticsSpot> spots)
    {
        Span<double> d = SortedResolutions(spots);
        if (!TryChooseShells(d, out double first, out double width, out int shells))
        {
            return ResolutionEstimate.Unknown;
        }

        Count(d, first, width, shells);
        double few = FewFraction * ((_counts[0] + _counts[1]) / 2.0);
        int limit = 0;
        while (limit < shells - 2 && !(_counts[limit] < few && _counts[limit + 1] < few))
        {
            limit++;
        }

        return new ResolutionEstimate(Bound(first, width, limit), Noisiness(shells));
    }

    // From the lowest resolution, which is the largest d, on.
    private Span<double> SortedResolutions(ReadOnlySpan<StatisticsSpot> spots)
    {
        if (_d.Length < spots.Length)
        {
            _d = new double[Math.Max(256, spots.Length * 2)];
        }

        for (int i = 0; i < spots.Length; i++)
        {
            _d[i] = spots[i].Resolution;
        }

        Span<double> d = _d.AsSpan(0, spots.Length);
        d.Sort(static (a, b) => b.CompareTo(a));
        return d;
    }

    // The first shell would hold 5 % of the spots of different resolution, or 25 if that is more, but not more than a quarter.
    private static bool TryChooseShells(ReadOnlySpan<double> d, out double first, out double width, out int shells)
    {
        (first, width, shells) = (0, 0, 0);
        int different = CountDifferent(d);
        int inFirst = (int)Math.Ceiling(Math.Min(Math.Max(FewestInFirstShell, 0.05 * different), 0.25 * different));
        if (inFirst >= different)
        {
            return false;
        }

        first = Cube(d[0]);
        double range = Cube(d[^1]) - first;
        double wished = Cube(NthDifferent(d, inFirst)) - first;
        if (!(wished > 0))
        {
            return false;
        }

        shells = (int)Math.Clamp(Math.Ceiling(range / wished), FewestShells, MostShells);
        width = range / shells;
        return true;
    }

    private static int CountDifferent(ReadOnlySpan<double> sorted)
    {
        int count = sorted.IsEmpty ? 0 : 1;
        for (int i = 1; i < sorted.Length; i++)
        {
            count += sorted[i] != sorted[i - 1] ? 1 : 0;
        }

        return count;
    }

    private static double NthDifferent(ReadOnlySpan<double> sorted, int n)
    {
        int i = 0;
        for (; n > 0; n--)
        {
            double current = sorted[i];
            while (sorted[i] == current)
            {
                i++;
            }
        }

        return sorted[i];
    }

    // A shell holds the smaller bound, not the larger: the spot of lowest resolution is in none.
    private void Count(ReadOnlySpan<double> d, double first, double width, int shells)
    {
        double outer = 1 / Math.Pow(first, Third);
        int next = 0;
        while (next < d.Length && d[next] >= outer)
        {
            next++;
        }

        for (int shell = 0; shell < shells; shell++)
        {
            int start = next;
            double inner = Bound(first, width, shell);
            while (next < d.Length && d[next] >= inner)
            {
                next++;
            }

            _counts[shell] = next - start;
        }
    }

    private double Noisiness(int shells)
    {
        int rising = 0;
        for (int i = 0; i < shells; i++)
        {
            for (int j = i + 1; j < shells; j++)
            {
                rising += _counts[i] <= _counts[j] ? 1 : 0;
            }
        }

        return rising / (0.5 * shells * (shells - 1));
    }

    private static double Cube(double d) => Math.Pow(1 / d, 3);

    private static double Bound(double first, double width, int shell) => 1 / Math.Pow(first + ((shell + 1) * width), Third);
}
