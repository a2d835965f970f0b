using Hutch.Analysis.Statistics;

namespace Hutch.Analysis.Tests.Support;

/// <summary>The nine statistics in the words of docs/reference/spot-finding.md, one sentence after the other, with no idea of speed.</summary>
internal static class SlowStatistics
{
    public static ImageStatistics Compute(IReadOnlyList<StatisticsSpot> spots)
    {
        List<StatisticsSpot> noIce = [.. spots.Where(s => !s.IsIce)];
        (double D, double Noise) one = (-1, -1), two = (-1, -1);
        double limit = -1;
        if (noIce.Count > 10)
        {
            limit = EstimatedDMin(spots);
            one = Method1(spots);
            two = Method2(spots);
        }

        return new ImageStatistics(spots.Count, noIce.Count, spots.Count(s => D(s) > 4), noIce.Sum(s => s.Intensity), limit, one.D, one.Noise, two.D, two.Noise);
    }

    private static double S(StatisticsSpot spot) => spot.InverseResolution * spot.InverseResolution;

    private static double D(StatisticsSpot spot) => 1 / Math.Sqrt(S(spot));

    private static double Y(StatisticsSpot spot) => Math.Log(spot.Intensity / Math.Sqrt(spot.Intensity));

    private static double EstimatedDMin(IReadOnlyList<StatisticsSpot> spots)
    {
        int bins = Math.Clamp(spots.Count / 20, 5, 20);
        List<double> d = [.. spots.Select(D).OrderDescending()];
        var outliers = new HashSet<int>();
        List<(double X, double Y)> upper = [], lower = [];
        double largest = d[0];
        for (int bin = 0; bin < bins; bin++)
        {
            double smallest = d[(int)Math.Round((bin + 1) * ((double)d.Count / bins), MidpointRounding.AwayFromZero) - 1];
            List<int> inBin = [.. Enumerable.Range(0, spots.Count).Where(i => D(spots[i]) < largest && D(spots[i]) >= smallest)];
            largest = smallest;
            if (inBin.All(i => spots[i].IsIce))
            {
                continue;
            }

            List<int> bad = Outliers(spots, inBin);
            outliers.UnionWith(bad);
            List<int> good = [.. inBin.Where(i => !bad.Contains(i) && !spots[i].IsIce).OrderBy(i => Y(spots[i]))];
            int low = good[(int)Math.Floor(0.1 * good.Count)], high = good[(int)Math.Floor(0.9 * good.Count)];
            upper.Add((S(spots[low]), Y(spots[high])));
            lower.Add((S(spots[high]), Y(spots[low])));
        }

        (double slope, double intercept) = Line(upper);
        if (slope == Line(lower).Slope)
        {
            return -1;
        }

        List<int> below = [.. Enumerable.Range(0, spots.Count).Where(i => !outliers.Contains(i) && !spots[i].IsIce && Y(spots[i]) < (slope * S(spots[i])) + intercept)];
        return below.Count == 0 ? -1 : 1 / Math.Sqrt(below.Max(i => S(spots[i])));
    }

    private static List<int> Outliers(IReadOnlyList<StatisticsSpot> spots, List<int> inBin)
    {
        double mean = inBin.Where(i => !spots[i].IsIce).Average(i => spots[i].Intensity);
        List<int> bad = [.. inBin.Where(i => Math.Sqrt(spots[i].Intensity) / Math.Sqrt(mean) >= Math.Sqrt(-Math.Log(0.01)))];
        return bad.Count == 0 ? bad : [.. bad, .. Outliers(spots, [.. inBin.Except(bad)])];
    }

    private static (double Slope, double Intercept) Line(List<(double X, double Y)> points)
    {
        double n = points.Count, x = points.Sum(p => p.X), y = points.Sum(p => p.Y);
        double xx = points.Sum(p => p.X * p.X), xy = points.Sum(p => p.X * p.Y);
        double determinant = (n * xx) - (x * x);
        return determinant == 0 ? (0, 0) : (((n * xy) - (x * y)) / determinant, ((xx * y) - (x * xy)) / determinant);
    }

    private static (double D, double Noise) Method1(IReadOnlyList<StatisticsSpot> spots)
    {
        int step = Enumerable.Range(2, spots.Count).First(t => (double)spots.Count / t <= 40);
        List<StatisticsSpot> sorted = [.. spots.OrderByDescending(D)];
        List<StatisticsSpot> points = [.. Enumerable.Range(0, spots.Count / step).Select(i => sorted[i * step])];
        List<double> p = [.. points.Select(s => Math.Pow(s.InverseResolution, 3))];
        if (p.Count < 5)
        {
            return (-1, -1);
        }

        List<double> slopes = [.. Enumerable.Range(1, p.Count - 1).Select(i => (p[i] - p[0]) / i)];
        int m = Enumerable.Range(4, p.Count - 4).MaxBy(i => slopes[i - 1]);

        // From the chord's own direction: the cross product of the unit chord and the vector to the point.
        double length = Math.Sqrt(Math.Pow(p[m] - p[0], 2) + Math.Pow(m, 2));
        List<double> gaps = [.. Enumerable.Range(0, m).Select(i => Math.Abs(((p[m] - p[0]) / length * -i) + (-m / length * (p[0] - p[i]))))];
        double deviation = Math.Sqrt(gaps.Sum(g => Math.Pow(g - gaps.Average(), 2)) / (m - 1));
        int k = Enumerable.Range(0, m).MaxBy(i => gaps[i]);
        int chosen = Enumerable.Range(k, m - k).Last(i => i == k || gaps[i] > gaps[k] - (0.5 * deviation));
        int pairs = Enumerable.Range(0, slopes.Count).Sum(i => slopes.Skip(i + 1).Count(s => slopes[i] >= s));
        return (D(points[chosen]), pairs / ((p.Count - 1) * (p.Count - 2) / 2.0));
    }

    private static (double D, double Noise) Method2(IReadOnlyList<StatisticsSpot> spots)
    {
        List<double> unique = [.. spots.Select(D).Distinct().OrderDescending()];
        List<double> cubes = [.. unique.Select(d => Math.Pow(1 / d, 3))];
        int low = (int)Math.Ceiling(Math.Min(Math.Max(25, 0.05 * unique.Count), 0.25 * unique.Count));
        if (low >= unique.Count || !(cubes[low] - cubes[0] > 0))
        {
            return (-1, -1);
        }

        int slots = (int)Math.Clamp(Math.Ceiling((cubes[^1] - cubes[0]) / (cubes[low] - cubes[0])), 20, 40);
        double width = (cubes[^1] - cubes[0]) / slots;
        double DAt(int i) => 1 / Math.Pow(i == 0 ? cubes[0] : cubes[0] + (i * width), 1.0 / 3);
        List<int> counts = [.. Enumerable.Range(0, slots).Select(i => spots.Count(s => D(s) < DAt(i) && D(s) >= DAt(i + 1)))];
        double few = 0.15 * ((counts[0] + counts[1]) / 2.0);
        int slot = Enumerable.Range(0, slots - 1).FirstOrDefault(i => counts[i] < few && counts[i + 1] < few, slots - 2);
        int pairs = Enumerable.Range(0, slots).Sum(i => counts.Skip(i + 1).Count(c => counts[i] <= c));
        return (DAt(slot + 1), pairs / (0.5 * slots * (slots - 1)));
    }
}
