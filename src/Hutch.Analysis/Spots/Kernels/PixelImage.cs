namespace Hutch.Analysis.Spots.Kernels;

/// <summary>The pixels of one frame as the kernels see them. The pointers are valid for one call.</summary>
internal readonly unsafe struct PixelImage<TPixel>
    where TPixel : unmanaged
{
    /// <summary>The address of the first pixel of the image, also if its row is not in memory.</summary>
    public readonly TPixel* Pixels;

    /// <summary>The first mask byte: 0xFF valid, 0 not.</summary>
    public readonly byte* Mask;

    public readonly int Width;

    public readonly int Height;

    /// <summary>Pixels above this are invalid.</summary>
    public readonly TPixel LargestTrusted;

    /// <summary>Pixels below this are invalid. If it is negative, pixels have a sign.</summary>
    public readonly long Smallest;

    public PixelImage(TPixel* pixels, byte* mask, int width, int height, TPixel largestTrusted, long smallest = 0)
    {
        Smallest = smallest;
        Pixels = pixels;
        Mask = mask;
        Width = width;
        Height = height;
        LargestTrusted = largestTrusted;
    }

    public uint Value(long index) => Widen(Pixels[index]);

    /// <summary>The value of a pixel, with its sign if pixels have one.</summary>
    public long Number(long index) => Smallest < 0 ? Signed(Pixels[index]) : Value(index);

    /// <summary>Returns true if a pixel is neither masked nor above the largest trusted value, nor below the smallest.</summary>
    public bool IsValid(long index) => Mask[index] != 0
        && (Smallest == 0
            ? Value(index) <= Widen(LargestTrusted)
            : Number(index) is var number && number >= Smallest && number <= Widen(LargestTrusted));

    /// <summary>Counts one window, clipped to the image, straight from the pixels.</summary>
    public WindowSums Window(int x, int y, int halfX, int halfY)
    {
        WindowSums sums = default;
        int lastY = Math.Min(Height - 1, y + halfY);
        int firstX = Math.Max(0, x - halfX);
        int lastX = Math.Min(Width - 1, x + halfX);
        for (int row = Math.Max(0, y - halfY); row <= lastY; row++)
        {
            long start = (long)row * Width;
            for (long index = start + firstX; index <= start + lastX; index++)
            {
                uint value = Value(index);
                if (value < WindowTest.CountedBelow && IsValid(index))
                {
                    sums.Count++;
                    sums.Sum += value;
                    sums.Squares += (long)value * value;
                }
            }
        }

        return sums;
    }

    private static long Signed(TPixel value)
    {
        if (typeof(TPixel) == typeof(byte))
        {
            return (sbyte)(byte)(object)value;
        }

        return typeof(TPixel) == typeof(ushort) ? (short)(ushort)(object)value : (int)(uint)(object)value;
    }

    private static uint Widen(TPixel value)
    {
        if (typeof(TPixel) == typeof(byte))
        {
            return (byte)(object)value;
        }

        return typeof(TPixel) == typeof(ushort) ? (ushort)(object)value : (uint)(object)value;
    }
}
