using Hutch.Analysis.Spots;

namespace Hutch.Analysis.Tests.Support;

/// <summary>
/// The strong-pixel rules straight from the formulas, one pixel after the other, with no idea of speed: the left sides of the
/// tests in exact integers, the right sides in double.
/// </summary>
internal sealed class SlowStrongPixels(TestImage image, SpotFinderParameters parameters, double threshold)
{
    private readonly int _kx = parameters.KernelHalfWidthX;
    private readonly int _ky = parameters.KernelHalfWidthY;

    public static bool[] Find(TestImage image, SpotFinderParameters parameters)
    {
        var slow = new SlowStrongPixels(image, parameters, parameters.GlobalThreshold ?? AutomaticThreshold(image));
        return parameters.Algorithm == SpotAlgorithm.Dispersion ? slow.Dispersion() : slow.Extended();
    }

    /// <summary>Two levels below the point that is furthest from the line from the steepest point to the last one.</summary>
    public static int AutomaticThreshold(TestImage image)
    {
        int[] level = [.. Enumerable.Range(1, 19).Select(i => (int)Math.Floor(Math.Pow(1.5, i)))];
        double[] above = [.. level.Select(g => (double)image.Pixels.Where((p, i) => p > g && image.IsValid(i % image.Width, i / image.Width)).Count())];
        int m = Enumerable.Range(0, 18).MinBy(i => (above[18] - above[i]) / (level[18] - level[i]));
        (double dx, double dy) = (level[18] - level[m], above[18] - above[m]);
        int bend = Enumerable.Range(m, 19 - m).MaxBy(i => Math.Abs((dy * (level[i] - level[m])) - (dx * (above[i] - above[m]))));
        return level[Math.Max(0, bend - 2)];
    }

    public bool[] Dispersion() => Map((x, y) =>
        image.IsValid(x, y) && image[x, y] > threshold && IsDispersed(x, y) && IsAboveMean(x, y));

    public bool[] NotBackground() => Map((x, y) => !image.IsValid(x, y) || IsDispersed(x, y));

    public bool[] Foreground()
    {
        bool[] notBackground = NotBackground();
        int least = Math.Min(_kx, _ky);
        return Map((x, y) => image.IsValid(x, y) && notBackground[(y * image.Width) + x] && Distance(notBackground, x, y) >= least);
    }

    public bool[] Extended()
    {
        bool[] foreground = Foreground();
        return Map((x, y) => foreground[(y * image.Width) + x] && image[x, y] > threshold && IsAboveBackground(foreground, x, y));
    }

    private bool IsDispersed(int x, int y)
    {
        (Int128 n, Int128 sum, Int128 squares) = Sums(x, y, _kx, _ky, (_, _) => true);
        int minLocal = parameters.MinLocal <= 0 ? ((2 * _kx) + 1) * ((2 * _ky) + 1) : parameters.MinLocal;
        double factor = (double)n - 1 + (parameters.SigmaBackground * Math.Sqrt(2.0 * ((double)n - 1)));
        return n >= minLocal && n > 0 && Exact((n * squares) - (sum * sum)) > parameters.Gain * (double)sum * factor;
    }

    private bool IsAboveMean(int x, int y)
    {
        (Int128 n, Int128 sum, _) = Sums(x, y, _kx, _ky, (_, _) => true);
        return Exact((n * image[x, y]) - sum) > parameters.SigmaStrong * Math.Sqrt(parameters.Gain * (double)sum * (double)n);
    }

    private bool IsAboveBackground(bool[] foreground, int x, int y)
    {
        (Int128 n, Int128 sum, _) = Sums(x, y, _kx + 2, _ky + 2, (i, j) => !foreground[(j * image.Width) + i]);
        double mean = n >= 2 ? (double)sum / (double)n : 0;
        return image[x, y] >= mean + (parameters.SigmaStrong * Math.Sqrt(parameters.Gain * mean));
    }

    private (Int128 Count, Int128 Sum, Int128 Squares) Sums(int x, int y, int halfX, int halfY, Func<int, int, bool> also)
    {
        Int128 n = 0, sum = 0, squares = 0;
        for (int j = Math.Max(0, y - halfY); j <= Math.Min(image.Height - 1, y + halfY); j++)
        {
            for (int i = Math.Max(0, x - halfX); i <= Math.Min(image.Width - 1, x + halfX); i++)
            {
                if (image.IsValid(i, j) && image[i, j] < 1 << 24 && also(i, j))
                {
                    n++;
                    sum += image[i, j];
                    squares += (Int128)image[i, j] * image[i, j];
                }
            }
        }

        return (n, sum, squares);
    }

    // Rings of growing size around the pixel, until one holds a pixel of the background.
    private int Distance(bool[] notBackground, int x, int y)
    {
        int furthest = Math.Max(image.Width, image.Height);
        for (int distance = 0; distance <= furthest; distance++)
        {
            for (int j = Math.Max(0, y - distance); j <= Math.Min(image.Height - 1, y + distance); j++)
            {
                for (int i = Math.Max(0, x - distance); i <= Math.Min(image.Width - 1, x + distance); i++)
                {
                    if (Math.Max(Math.Abs(i - x), Math.Abs(j - y)) == distance && !notBackground[(j * image.Width) + i])
                    {
                        return distance;
                    }
                }
            }

            if (distance > Math.Min(_kx, _ky))
            {
                return distance;
            }
        }

        return int.MaxValue;
    }

    // Rounds once, from the exact integer.
    private static double Exact(Int128 value) => checked((long)value);

    private bool[] Map(Func<int, int, bool> rule)
    {
        var result = new bool[image.Width * image.Height];
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                result[(y * image.Width) + x] = rule(x, y);
            }
        }

        return result;
    }
}
