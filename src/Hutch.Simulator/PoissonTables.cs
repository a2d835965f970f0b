using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hutch.Simulator;

/// <summary>Poisson numbers of a few hundred means (levels), fast: each level has a table from random bits to a count.</summary>
internal sealed class PoissonTables
{
    public const int Levels = 256;

    private const int TableBits = 12;
    private const int TableSize = 1 << TableBits;
    private const int DrawsPerWord = 5;
    private const int MaxCount = 4096;

    // In the table: the bits do not decide the count alone, look closer.
    private const ushort Undecided = ushort.MaxValue;

    private readonly ushort[] _tables = new ushort[Levels * TableSize];
    private readonly double[][] _cumulative = new double[Levels][];

    public PoissonTables(IEnumerable<byte> levels, Func<byte, double> mean)
    {
        foreach (byte level in levels)
        {
            _cumulative[level] = Cumulative(mean(level));
            FillTable(_cumulative[level], _tables.AsSpan(level * TableSize, TableSize));
        }
    }

    /// <summary>Draws a number for each pixel.</summary>
    /// <param name="levels">The level of each pixel.</param>
    public void Draw<T>(ReadOnlySpan<byte> levels, Span<T> counts, ref SimulationRandom random)
        where T : unmanaged, IBinaryInteger<T>
    {
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
            counts[i] = T.CreateTruncating(count != Undecided ? count : DrawClosely(levels[i], bits, ref random));
        }
    }

    // The first bits chose the 1/4096 of the distribution with the number; more bits choose the number.
    private uint DrawClosely(int level, int bits, ref SimulationRandom random)
    {
        double probability = (bits + random.NextUnit()) / TableSize;
        double[] cumulative = _cumulative[level];
        int count = Array.BinarySearch(cumulative, probability);
        return (uint)Math.Min(count >= 0 ? count + 1 : ~count, cumulative.Length - 1);
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
