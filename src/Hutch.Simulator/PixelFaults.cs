namespace Hutch.Simulator;

/// <summary>The pixels that are not as the others: gaps and dead ones, which the mask names, and hot ones, which it does not.</summary>
internal sealed class PixelFaults
{
    /// <summary>The mask's bit of a pixel between modules.</summary>
    public const uint Gap = 1;

    /// <summary>The mask's bit of a dead pixel.</summary>
    public const uint Dead = 2;

    public const int HotCounts = 700;

    public PixelFaults(SimulationOptions options)
    {
        DetectorModel detector = options.Detector;
        Mask = new uint[detector.Rows * detector.Columns];
        for (int row = 0; row < detector.Rows; row++)
        {
            for (int column = 0; column < detector.Columns; column++)
            {
                Mask[(row * detector.Columns) + column] = detector.IsGap(row, column) ? Gap : 0;
            }
        }

        var random = new SimulationRandom(options.Seed, ulong.MaxValue - 1);
        DeadPixels = Choose(options.DeadPixelsPerMillion, ref random);
        foreach (int pixel in DeadPixels)
        {
            Mask[pixel] = Dead;
        }

        HotPixels = Choose(options.HotPixelsPerMillion, ref random);
    }

    /// <summary>The mask: 0 is good.</summary>
    public uint[] Mask { get; }

    /// <summary>The dead pixels, by their place in the image.</summary>
    public int[] DeadPixels { get; }

    public int[] HotPixels { get; }

    private int[] Choose(double perMillion, ref SimulationRandom random)
    {
        int wanted = (int)Math.Round(Mask.Length * perMillion / 1e6);
        var chosen = new SortedSet<int>();
        for (int tries = 0; chosen.Count < wanted && tries < wanted * 10; tries++)
        {
            int pixel = random.NextInt(Mask.Length);
            if (Mask[pixel] == 0)
            {
                chosen.Add(pixel);
            }
        }

        return [.. chosen];
    }
}
