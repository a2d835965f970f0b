namespace Hutch.Analysis.Spots.Kernels;

/// <summary>
/// A cheap bound of the strength test for a full window: a table for the small values that nearly every pixel has, and
/// single precision with a hair of slack for the others.
/// </summary>
/// <remarks>
/// The bound may only err on the side of passing. The mean of the window is never overestimated here: sums leave out bright
/// pixels, and the count of a full window stands for the true count. Since v &gt; m + k·sqrt(m) is easier for smaller m, whatever
/// passes the exact test passes this one. See docs/decisions/strength-first.md.
/// </remarks>
internal readonly struct StrengthBound
{
    /// <summary>Entries of the table; the last one stands for all larger values and passes every sum.</summary>
    public const int TableSize = 64;

    /// <summary>Passes every sum: no sum of a window reaches it.</summary>
    private const ushort Always = ushort.MaxValue;

    // Less than 1 by more than the rounding of three single-precision products.
    private const float Slack = 1 - 1e-6f;

    /// <summary>For each biased value (0 is invalid, v + 1 is v), how many sums from 0 on pass. Pinned.</summary>
    public readonly ushort[] Table;

    /// <summary>Pixels in a full window.</summary>
    public readonly float WindowPixels;

    /// <summary>(n·v - S)² must exceed this times S.</summary>
    public readonly float SquareFactor;

    public StrengthBound(SpotFinderParameters parameters, in WindowTest test)
    {
        int pixels = parameters.WindowPixels;
        WindowPixels = pixels;
        double factor = parameters.SigmaStrong * parameters.SigmaStrong * parameters.Gain * pixels;
        SquareFactor = (float)Math.Min(factor, float.MaxValue / ushort.MaxValue) * Slack;
        Table = GC.AllocateArray<ushort>(TableSize, pinned: true);
        for (int biased = 1; biased < TableSize - 1; biased++)
        {
            Table[biased] = (ushort)Math.Min(test.PassingSums(pixels, biased - 1), Always);
        }

        Table[TableSize - 1] = Always;
    }
}
