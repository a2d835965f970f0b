namespace Hutch.Bench.Analysis;

/// <summary>A frame of the size of an EIGER2: Poisson background, spots, module gaps and some dead pixels.</summary>
internal sealed class SyntheticFrame
{
    public SyntheticFrame(int width, int height, double background, int spots, int seed = 1)
    {
        Width = width;
        Height = height;
        Pixels = new ushort[width * height];
        PixelMask = new uint[Pixels.Length];
        var random = new Random(seed);
        FillBackground(random, background);
        for (int i = 0; i < spots; i++)
        {
            AddSpot(random);
        }

        MaskGaps();
        for (int i = 0; i < Pixels.Length / 5000; i++)
        {
            PixelMask[random.Next(PixelMask.Length)] = 2;
        }
    }

    /// <summary>Pixels along x.</summary>
    public int Width { get; }

    /// <summary>Pixels along y.</summary>
    public int Height { get; }

    /// <summary>Row by row.</summary>
    public ushort[] Pixels { get; }

    /// <summary>0 is a good pixel.</summary>
    public uint[] PixelMask { get; }

    // By the inverse of the cumulative distribution.
    private void FillBackground(Random random, double mean)
    {
        var cumulative = new List<double>();
        double probability = Math.Exp(-mean);
        for (double sum = probability; sum < 1 - 1e-12 && cumulative.Count < 10_000; sum += probability)
        {
            cumulative.Add(sum);
            probability *= mean / cumulative.Count;
        }

        for (int i = 0; i < Pixels.Length; i++)
        {
            int found = cumulative.BinarySearch(random.NextDouble());
            Pixels[i] = (ushort)(found < 0 ? ~found : found);
        }
    }

    private void AddSpot(Random random)
    {
        double cx = 4 + (random.NextDouble() * (Width - 8)), cy = 4 + (random.NextDouble() * (Height - 8));
        double intensity = 50 + (3000 * Math.Pow(random.NextDouble(), 3)), sigma = 0.8 + (0.5 * random.NextDouble());
        for (int y = (int)cy - 4; y <= (int)cy + 4; y++)
        {
            for (int x = (int)cx - 4; x <= (int)cx + 4; x++)
            {
                double square = ((x - cx) * (x - cx)) + ((y - cy) * (y - cy));
                Pixels[(y * Width) + x] += (ushort)(intensity / (2 * Math.PI * sigma * sigma) * Math.Exp(-square / (2 * sigma * sigma)));
            }
        }
    }

    // Modules of 1028 x 512 pixels with gaps of 12 and 38.
    private void MaskGaps()
    {
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                if (x % 1040 >= 1028 || y % 550 >= 512)
                {
                    PixelMask[(y * Width) + x] = 1;
                    Pixels[(y * Width) + x] = ushort.MaxValue;
                }
            }
        }
    }
}
