using System.Runtime.CompilerServices;

namespace Hutch.Formats.Simulation;

/// <summary>
/// Poisson background that falls with the angle, with the broad ring of water. Millions of numbers an image: their means are
/// rounded to a few hundred levels, 3 % apart, and each level has a table that turns random bits into a count.
/// </summary>
internal sealed class Background
{
    private const int Levels = 255;
    private const int TableBits = 12;
    private const int TableSize = 1 << TableBits;
    private const int DrawsPerWord = 5;
    private const int MaxCount = 4096;
    private const int StepsPerPixel = 4;
    private const double MinimumMean = 1e-3;
    private const double WaterRingAngstrom = 3.3;

    // In the table: the bits do not decide the count alone, look closer.
    private const ushort Undecided = ushort.MaxValue;

    private readonly byte[] _levelOf;
    private readonly ushort[] _tables;
    private readonly double[][] _cumulative;

    public Background(SimulationOptions options, Geometry geometry, double scale)
    {
        double highest = Math.Max(options.BackgroundPhotons * scale * 1.3, 2 * MinimumMean);
        double step = Math.Pow(highest / MinimumMean, 1.0 / (Levels - 1));
        byte[] byRadius = LevelsByRadius(options, geometry, scale, step);
        _levelOf = LevelMap(options.Detector, geometry, byRadius);
        _cumulative = new double[Levels][];
        _tables = new ushort[Levels * TableSize];
        foreach (byte level in byRadius.Distinct())
        {
            _cumulative[level] = Cumulative(MinimumMean * Math.Pow(step, level));
            FillTable(_cumulative[level], _tables.AsSpan(level * TableSize, TableSize));
        }
    }

    public void Draw(Span<uint> counts, ref SimulationRandom random)
    {
        ReadOnlySpan<byte> levels = _levelOf;
        ref ushort tables = ref _tables[0];
        ulong word = 0;
        int left = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            if (left == 0)
            {
                word = random.Next();
                left = DrawsPerWord;
            }

            int bits = (int)(word & (TableSize - 1));
            word >>= TableBits;
            left--;
            ushort count = Unsafe.Add(ref tables, (levels[i] << TableBits) | bits);
            counts[i] = count != Undecided ? count : DrawClosely(levels[i], bits, ref random);
        }
    }

    // The first bits said in which 1/4096 of the distribution the number lies; more bits say where exactly.
    private uint DrawClosely(int level, int bits, ref SimulationRandom random)
    {
        double place = (bits + random.NextUnit()) / TableSize;
        double[] cumulative = _cumulative[level];
        int count = Array.BinarySearch(cumulative, place);
        return (uint)Math.Min(count >= 0 ? count + 1 : ~count, cumulative.Length - 1);
    }

    // The background is the same all around the beam: what belongs to a radius is worked out once.
    private static byte[] LevelsByRadius(SimulationOptions options, Geometry geometry, double scale, double step)
    {
        DetectorModel detector = options.Detector;
        int longest = StepsPerPixel * (detector.Rows + detector.Columns);
        byte[] levels = new byte[longest];
        for (int i = 0; i < longest; i++)
        {
            double radius = Math.Max(0.5, (i + 0.5) / StepsPerPixel);
            double mean = scale * Mean(options, geometry.ResolutionAt(geometry.BeamX + radius, geometry.BeamY));
            levels[i] = (byte)Math.Clamp(Math.Round(Math.Log(mean / MinimumMean) / Math.Log(step)), 0, Levels - 1);
        }

        return levels;
    }

    private static byte[] LevelMap(DetectorModel detector, Geometry geometry, byte[] byRadius)
    {
        byte[] levels = new byte[detector.Rows * detector.Columns];
        for (int row = 0, i = 0; row < detector.Rows; row++)
        {
            double dy = row + 0.5 - geometry.BeamY;
            for (int column = 0; column < detector.Columns; column++, i++)
            {
                double dx = column + 0.5 - geometry.BeamX;
                levels[i] = byRadius[(int)(StepsPerPixel * Math.Sqrt((dx * dx) + (dy * dy)))];
            }
        }

        return levels;
    }

    private static double Mean(SimulationOptions options, double resolution)
    {
        double s = 1 / resolution;
        double ring = (s - (1 / WaterRingAngstrom)) / 0.06;
        return options.BackgroundPhotons * (0.08 + (0.92 * Math.Exp(-s * s * 7)) + (0.25 * Math.Exp(-ring * ring / 2)));
    }

    private static double[] Cumulative(double mean)
    {
        var sums = new List<double>();
        double term = Math.Exp(-mean);
        double sum = term;
        for (int count = 1; sums.Count == 0 || (sums[^1] < 1 - 1e-15 && count < MaxCount); count++)
        {
            sums.Add(sum);
            term *= mean / count;
            sum += term;
        }

        sums[^1] = 1;
        return [.. sums];
    }

    private static void FillTable(double[] cumulative, Span<ushort> table)
    {
        int count = 0;
        for (int slot = 0; slot < TableSize; slot++)
        {
            double low = (double)slot / TableSize;
            double high = (double)(slot + 1) / TableSize;
            while (cumulative[count] <= low && count < cumulative.Length - 1)
            {
                count++;
            }

            table[slot] = cumulative[count] >= high ? (ushort)count : Undecided;
        }
    }
}
