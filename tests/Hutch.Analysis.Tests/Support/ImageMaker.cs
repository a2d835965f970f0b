namespace Hutch.Analysis.Tests.Support;

/// <summary>Makes images of known kinds from a seed.</summary>
internal sealed class ImageMaker(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Poisson background with spots, dead pixels, gaps and some pixels beyond what can be trusted.</summary>
    public TestImage Diffraction(int width, int height, double background, int spots, double bad = 0.02)
    {
        var pixels = new uint[width * height];
        var valid = new bool[width * height];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = Poisson(background);
            valid[i] = _random.NextDouble() >= bad;
        }

        for (int i = 0; i < spots; i++)
        {
            AddSpot(pixels, width, height, _random.Next(5, 3000));
        }

        AddGap(valid, width, height);
        for (int i = 0; i < pixels.Length; i++)
        {
            if (!valid[i])
            {
                // What a detector writes there differs: nothing, a value, or no data.
                pixels[i] = _random.Next(3) switch { 0 => 0, 1 => Poisson(background), _ => ushort.MaxValue };
            }
        }

        return new TestImage(width, height, pixels, valid);
    }

    /// <summary>Any values below 2^bits, chosen so that every size of number occurs.</summary>
    public TestImage Wild(int width, int height, int bits, double bad)
    {
        var pixels = new uint[width * height];
        var valid = new bool[width * height];
        for (int i = 0; i < pixels.Length; i++)
        {
            int size = _random.Next(bits + 1);
            pixels[i] = (uint)(_random.NextInt64(1L << size) | (_random.Next(8) == 0 ? (1L << size) - 1 : 0));
            valid[i] = _random.NextDouble() >= bad;
        }

        uint trusted = _random.Next(2) == 0 ? uint.MaxValue : (uint)_random.NextInt64(1L << bits);
        return new TestImage(width, height, pixels, valid, trusted);
    }

    public uint Poisson(double mean)
    {
        if (mean > 50)
        {
            double gauss = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
            return (uint)Math.Max(0, Math.Round(mean + (Math.Sqrt(mean) * gauss)));
        }

        double limit = Math.Exp(-mean);
        uint count = 0;
        for (double product = _random.NextDouble(); product > limit; product *= _random.NextDouble())
        {
            count++;
        }

        return count;
    }

    private void AddSpot(uint[] pixels, int width, int height, double intensity)
    {
        double cx = _random.NextDouble() * width;
        double cy = _random.NextDouble() * height;
        double sigma = 0.6 + _random.NextDouble();
        for (int y = Math.Max(0, (int)cy - 5); y < Math.Min(height, cy + 5); y++)
        {
            for (int x = Math.Max(0, (int)cx - 5); x < Math.Min(width, cx + 5); x++)
            {
                double square = ((x - cx) * (x - cx)) + ((y - cy) * (y - cy));
                pixels[(y * width) + x] += (uint)(intensity / (2 * Math.PI * sigma * sigma) * Math.Exp(-square / (2 * sigma * sigma)));
            }
        }
    }

    private void AddGap(bool[] valid, int width, int height)
    {
        int x0 = _random.Next(width);
        int y0 = _random.Next(height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                valid[(y * width) + x] &= (x < x0 || x >= x0 + 8) && (y < y0 || y >= y0 + 5);
            }
        }
    }
}
