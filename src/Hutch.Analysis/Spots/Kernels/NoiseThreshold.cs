namespace Hutch.Analysis.Spots.Kernels;

/// <summary>
/// Chooses the least value of a strong pixel on a detector whose noise goes below 0. Around 0 the index of dispersion says nothing: it
/// divides by the mean. The width of the noise follows from the pixels below 0.
/// </summary>
internal sealed class NoiseThreshold
{
    /// <summary>The least share of valid pixels below 0 that is noise.</summary>
    private const double LeastShare = 0.05;

    /// <summary>The least share of these below −1. With less, they are marks, such as the −1 of gaps.</summary>
    private const double LeastShareBelowMinusOne = 0.1;

    /// <summary>Half of the values of a normal distribution are within so many standard deviations.</summary>
    private const double HalfWithin = 0.67449;

    private const int LargestNoise = 1 << 14;

    private readonly int[] _below = new int[LargestNoise + 1];

    /// <summary>Returns so many standard deviations of the noise; 0 for a frame without noise below 0.</summary>
    public double Choose<TPixel>(in PixelImage<TPixel> image, double sigmas)
        where TPixel : unmanaged
    {
        (long valid, long negative) = Count(image);
        if (negative < LeastShare * valid || negative - _below[1] < LeastShareBelowMinusOne * negative)
        {
            return 0;
        }

        long before = 0;
        int middle = 1;
        while (before + _below[middle] < negative / 2.0)
        {
            before += _below[middle++];
        }

        // A whole number stands for all values within a half of it.
        double median = middle - 0.5 + (((negative / 2.0) - before) / _below[middle]);
        return sigmas * median / HalfWithin;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (long Valid, long Negative) Count<TPixel>(in PixelImage<TPixel> image)
        where TPixel : unmanaged
    {
        Array.Clear(_below);
        (long valid, long negative) = (0, 0);
        long pixels = (long)image.Width * image.Height;
        for (long i = 0; i < pixels; i++)
        {
            if (!image.IsValid(i))
            {
                continue;
            }

            valid++;
            if (image.Number(i) is < 0 and var number)
            {
                negative++;
                _below[Math.Min(-number, LargestNoise)]++;
            }
        }

        return (valid, negative);
    }
}
