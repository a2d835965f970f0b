namespace Hutch.Analysis.Statistics;

/// <summary>
/// The resolution limit from the fall of ln(I/σ) with s = 1/d²: a line through the upper tenth of each shell; the limit is that of the
/// furthest spot below it. Follows DIALS, quirks included. Keeps its working memory.
/// </summary>
internal sealed class WilsonLimit
{
    private const int SpotsPerShell = 20;
    private const int FewestShells = 5;
    private const int MostShells = 20;
    private const double LowTenth = 0.1;
    private const double HighTenth = 1 - LowTenth;

    // E² from which on a spot is an outlier of its shell: -ln(0.01).
    private static readonly double OutlierAmplitude = Math.Sqrt(-Math.Log(0.01));

    private readonly double[] _lowX = new double[MostShells];
    private readonly double[] _lowY = new double[MostShells];
    private readonly double[] _highX = new double[MostShells];
    private readonly double[] _highY = new double[MostShells];
    private readonly Comparison<int> _byResolution;
    private readonly Comparison<int> _bySignal;
    private int[] _order = [];
    private double[] _y = [];
    private double[] _d = [];
    private bool[] _outlier = [];

    public WilsonLimit()
    {
        // Made once: a lambda in place would be a new object for each frame.
        _byResolution = (a, b) => _d[a] != _d[b] ? _d[b].CompareTo(_d[a]) : a.CompareTo(b);
        _bySignal = (a, b) => _y[a] != _y[b] ? _y[a].CompareTo(_y[b]) : a.CompareTo(b);
    }

    /// <summary>The limit in Å, or -1.</summary>
    public double Estimate(ReadOnlySpan<StatisticsSpot> spots)
    {
        Prepare(spots);
        int shells = Math.Clamp(spots.Length / SpotsPerShell, FewestShells, MostShells);
        double perShell = (double)spots.Length / shells;
        int points = 0, start = 0;
        double outer = _d[_order[0]];

        // Shells are bounded by d: the spot of lowest resolution, being equal to the first bound, is in none.
        while (start < spots.Length && _d[_order[start]] >= outer)
        {
            start++;
        }

        for (int shell = 0; shell < shells; shell++)
        {
            outer = _d[_order[(int)Math.Floor(((shell + 1) * perShell) + 0.5) - 1]];
            int end = start;
            while (end < spots.Length && _d[_order[end]] >= outer)
            {
                end++;
            }

            points += AddShell(spots, _order.AsSpan(start, end - start), points) ? 1 : 0;
            start = end;
        }

        return Limit(
            spots,
            StraightLine.Fit(_highX.AsSpan(0, points), _highY.AsSpan(0, points)),
            StraightLine.Fit(_lowX.AsSpan(0, points), _lowY.AsSpan(0, points)));
    }

    private void Prepare(ReadOnlySpan<StatisticsSpot> spots)
    {
        if (_order.Length < spots.Length)
        {
            int length = Math.Max(256, spots.Length * 2);
            (_order, _y, _d, _outlier) = (new int[length], new double[length], new double[length], new bool[length]);
        }

        for (int i = 0; i < spots.Length; i++)
        {
            _order[i] = i;
            _y[i] = Math.Log(spots[i].Intensity / Math.Sqrt(spots[i].Intensity));
            _d[i] = spots[i].Resolution;
            _outlier[i] = false;
        }

        _order.AsSpan(0, spots.Length).Sort(_byResolution);
    }

    private bool AddShell(ReadOnlySpan<StatisticsSpot> spots, Span<int> shell, int point)
    {
        if (!MarkOutliers(spots, shell))
        {
            return false;
        }

        // Those that are neither outlier nor ice, to the front.
        int retained = 0;
        foreach (int i in shell)
        {
            if (!_outlier[i] && !spots[i].IsIce)
            {
                shell[retained++] = i;
            }
        }

        Span<int> sorted = shell[..retained];
        sorted.Sort(_bySignal);
        int low = sorted[(int)Math.Floor(LowTenth * retained)], high = sorted[(int)Math.Floor(HighTenth * retained)];

        // Each value goes with the place of the other: so does DIALS, and its numbers are the ones to match.
        (_lowX[point], _lowY[point]) = (spots[high].InverseSquare, _y[low]);
        (_highX[point], _highY[point]) = (spots[low].InverseSquare, _y[high]);
        return true;
    }

    /// <summary>
    /// Marks spots that are too bright for their shell, until there are none. False when the shell holds nothing but ice.
    /// </summary>
    private bool MarkOutliers(ReadOnlySpan<StatisticsSpot> spots, ReadOnlySpan<int> shell)
    {
        bool found = true;
        while (found)
        {
            double sum = 0;
            int count = 0;
            foreach (int i in shell)
            {
                if (!_outlier[i] && !spots[i].IsIce)
                {
                    sum += spots[i].Intensity;
                    count++;
                }
            }

            if (count == 0)
            {
                return false;
            }

            double meanAmplitude = Math.Sqrt(sum / count);
            found = false;
            foreach (int i in shell)
            {
                if (!_outlier[i] && Math.Sqrt(spots[i].Intensity) / meanAmplitude >= OutlierAmplitude)
                {
                    _outlier[i] = found = true;
                }
            }
        }

        return true;
    }

    private double Limit(ReadOnlySpan<StatisticsSpot> spots, StraightLine upper, StraightLine lower)
    {
        double furthest = 0;
        if (upper.Slope != lower.Slope)
        {
            for (int i = 0; i < spots.Length; i++)
            {
                double s = spots[i].InverseSquare;
                if (!_outlier[i] && !spots[i].IsIce && s > furthest && _y[i] < (upper.Slope * s) + upper.Intercept)
                {
                    furthest = s;
                }
            }
        }

        return furthest > 0 ? 1 / Math.Sqrt(furthest) : ImageStatistics.Unknown;
    }
}

internal readonly record struct StraightLine(double Slope, double Intercept)
{
    /// <summary>The line through points; flat through 0 when they do not determine one.</summary>
    public static StraightLine Fit(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double n = x.Length, sumX = 0, sumY = 0, sumXX = 0, sumXY = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sumX += x[i];
            sumY += y[i];
            sumXX += x[i] * x[i];
            sumXY += x[i] * y[i];
        }

        double determinant = (n * sumXX) - (sumX * sumX);
        return determinant == 0
            ? default
            : new StraightLine(((n * sumXY) - (sumX * sumY)) / determinant, ((sumXX * sumY) - (sumX * sumXY)) / determinant);
    }
}
