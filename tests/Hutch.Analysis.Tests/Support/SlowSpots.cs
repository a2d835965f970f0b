using Hutch.Analysis.Spots;

namespace Hutch.Analysis.Tests.Support;

/// <summary>Groups strong pixels by walking from each one to its neighbours, and filters as the formulas say.</summary>
internal static class SlowSpots
{
    public static List<Spot> Find(TestImage image, SpotFinderParameters parameters) =>
        [.. Components(image, SlowStrongPixels.Find(image, parameters)).Select(c => Measure(image, c)).Where(s => IsWanted(s, parameters))];

    public static List<List<(int X, int Y)>> Components(TestImage image, bool[] strong)
    {
        var left = new HashSet<(int X, int Y)>();
        for (int i = 0; i < strong.Length; i++)
        {
            if (strong[i])
            {
                left.Add((i % image.Width, i / image.Width));
            }
        }

        var components = new List<List<(int X, int Y)>>();
        foreach ((int X, int Y) start in left.OrderBy(p => p.Y).ThenBy(p => p.X).ToList())
        {
            if (left.Remove(start))
            {
                components.Add(Walk(start, left));
            }
        }

        return components;
    }

    private static List<(int X, int Y)> Walk((int X, int Y) start, HashSet<(int X, int Y)> left)
    {
        List<(int X, int Y)> found = [start];
        for (int i = 0; i < found.Count; i++)
        {
            (int x, int y) = found[i];
            found.AddRange(new[] { (x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1) }.Where(left.Remove));
        }

        return [.. found.OrderBy(p => p.Y).ThenBy(p => p.X)];
    }

    private static Spot Measure(TestImage image, List<(int X, int Y)> pixels)
    {
        double sum = pixels.Sum(p => (double)image[p.X, p.Y]);
        double Weight((int X, int Y) p) => image[p.X, p.Y] / sum;
        (int peakX, int peakY) = pixels.MaxBy(p => image[p.X, p.Y]);
        return new Spot(
            pixels.Count,
            pixels.Sum(p => (long)image[p.X, p.Y]),
            pixels.Sum(p => Weight(p) * (p.X + 0.5)),
            pixels.Sum(p => Weight(p) * (p.Y + 0.5)),
            new SpotBox(pixels.Min(p => p.X), pixels.Max(p => p.X) + 1, pixels.Min(p => p.Y), pixels.Max(p => p.Y) + 1),
            peakX,
            peakY);
    }

    private static bool IsWanted(Spot s, SpotFinderParameters parameters) =>
        s.PixelCount >= parameters.MinSpotSize
        && s.PixelCount <= parameters.MaxSpotSize
        && Math.Sqrt(Math.Pow(s.PeakX + 0.5 - s.CentroidX, 2) + Math.Pow(s.PeakY + 0.5 - s.CentroidY, 2)) <= parameters.MaxSeparation;
}
