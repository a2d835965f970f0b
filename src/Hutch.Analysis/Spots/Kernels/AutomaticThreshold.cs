namespace Hutch.Analysis.Spots.Kernels;

/// <summary>
/// Chooses the global threshold from an image's histogram: the number of pixels above growing levels falls steeply and then hardly at
/// all; the threshold is two levels below the bend.
/// </summary>
internal sealed class AutomaticThreshold
{
    private const int Levels = 19;
    private const int LevelsBelowBend = 2;

    // The levels are the whole parts of 1.5, 1.5², ... 1.5^19.
    private static readonly int[] Level = [.. Enumerable.Range(1, Levels).Select(static i => (int)Math.Pow(1.5, i))];

    // For each value up to beyond the last level, how many levels it is above.
    private static readonly byte[] LevelsBelow =
        [.. Enumerable.Range(0, Level[^1] + 2).Select(static v => (byte)Level.Count(level => v > level))];

    private readonly int[] _histogram = new int[Levels + 1];
    private readonly double[] _above = new double[Levels];

    public int Choose<TPixel>(in PixelImage<TPixel> image)
        where TPixel : unmanaged
    {
        CountAbove(image);
        int steepest = 0;
        for (int i = 1; i < Levels - 1; i++)
        {
            steepest = SlopeToLast(i) < SlopeToLast(steepest) ? i : steepest;
        }

        double rise = _above[^1] - _above[steepest], run = Level[^1] - Level[steepest];
        int bend = steepest;
        double widest = 0;
        for (int i = steepest; i < Levels; i++)
        {
            // The distance from the chord, times its length, which is the same for all.
            double gap = Math.Abs((rise * (Level[i] - Level[steepest])) - (run * (_above[i] - _above[steepest])));
            if (gap > widest)
            {
                (widest, bend) = (gap, i);
            }
        }

        return Level[Math.Max(0, bend - LevelsBelowBend)];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CountAbove<TPixel>(in PixelImage<TPixel> image)
        where TPixel : unmanaged
    {
        Array.Clear(_histogram);
        long pixels = (long)image.Width * image.Height;
        for (long i = 0; i < pixels; i++)
        {
            if (image.IsValid(i))
            {
                _histogram[LevelsBelow[Math.Clamp(image.Number(i), 0, LevelsBelow.Length - 1)]]++;
            }
        }

        double above = 0;
        for (int i = Levels; i > 0; i--)
        {
            above += _histogram[i];
            _above[i - 1] = above;
        }
    }

    private double SlopeToLast(int i) => (_above[^1] - _above[i]) / (Level[^1] - Level[i]);
}
