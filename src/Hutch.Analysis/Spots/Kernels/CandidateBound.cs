namespace Hutch.Analysis.Spots.Kernels;

/// <summary>
/// Cheap bounds of both tests for whole vectors of pixels. They may only err on the side of passing: pixels that pass get the
/// exact tests, pixels that fail would have failed these. See docs/decisions/0030-spot-finding.md.
/// </summary>
/// <remarks>
/// With the sums of a window S' &lt;= S (bright pixels count less) and the count of a full window W >= n, v &gt; S/n + ns·sqrt(g·S/n)
/// implies the same with S' and W. Dispersion implies Q &gt; S²/W + g·S·h, where h is the least (n - 1 + nb·sqrt(2(n - 1)))/n of
/// all counts n that a window may have.
/// </remarks>
internal sealed class CandidateBound
{
    // The sums that matter, those of windows whose squares are known exactly, are at most sqrt(65535·13) = 923: shifted so far they fit
    // 16 bits.
    private const int FactorShift = 5;

    // Further from 1 than the rounding of a few single-precision operations.
    private const float Slack = 1 - 1e-6f;

    public CandidateBound(SpotFinderParameters parameters, in WindowTest test, int tableSize)
    {
        int pixels = parameters.WindowPixels;
        WindowPixels = pixels;
        LargestSquared = (ushort)Math.Sqrt(ushort.MaxValue / ((2 * parameters.KernelHalfWidthY) + 1));
        CertainlyDispersed = (ushort)((LargestSquared * LargestSquared) - 1);
        double strength = parameters.SigmaStrong * parameters.SigmaStrong * parameters.Gain * pixels;
        StrengthFactor = (float)Math.Min(strength, float.MaxValue / ushort.MaxValue) * Slack;
        InverseRoot = (ushort)Math.Sqrt(65536.0 / pixels);
        double dispersion = parameters.Gain * LeastDispersion(parameters) * (1 << (16 - FactorShift));
        DispersionFactor = (ushort)Math.Min(dispersion * Slack, ushort.MaxValue);
        Table = StrengthTable(pixels, test, tableSize);
    }

    /// <summary>
    /// For each biased value (0 is invalid, v + 1 is v), the number of sums from 0 on that pass the strength test in a full window. The
    /// last entry is for all larger values, and passes every sum.
    /// </summary>
    public ushort[] Table { get; }

    /// <summary>Values are squared up to this one, so that the squares of a column fit 16 bits.</summary>
    public ushort LargestSquared { get; }

    /// <summary>A sum of squares above this one may be that of a larger value, and larger than it seems: it passes.</summary>
    public ushort CertainlyDispersed { get; }

    /// <summary>Strength of larger values: n·v - S must be positive ...</summary>
    public float WindowPixels { get; }

    /// <summary>... and its square must exceed this times S.</summary>
    public float StrengthFactor { get; }

    /// <summary>Dispersion: Q must exceed (S times this)² / 65536 ...</summary>
    public ushort InverseRoot { get; }

    /// <summary>... plus (S shifted by <see cref="SumShift"/>) times this / 65536, both rounded down.</summary>
    public ushort DispersionFactor { get; }

    /// <summary>By how much S is shifted left before it is multiplied by <see cref="DispersionFactor"/>.</summary>
    public static int SumShift => FactorShift;

    private static ushort[] StrengthTable(int pixels, in WindowTest test, int size)
    {
        var table = new ushort[size];
        for (int biased = 1; biased < size - 1; biased++)
        {
            table[biased] = (ushort)Math.Min(test.PassingSums(pixels, biased - 1), ushort.MaxValue);
        }

        table[^1] = ushort.MaxValue;
        return table;
    }

    // One pixel alone is never dispersed.
    private static double LeastDispersion(SpotFinderParameters parameters)
    {
        double least = double.MaxValue;
        for (int n = Math.Max(2, parameters.EffectiveMinLocal); n <= parameters.WindowPixels; n++)
        {
            least = Math.Min(least, (n - 1 + (parameters.SigmaBackground * Math.Sqrt(2.0 * (n - 1)))) / n);
        }

        return least;
    }
}
