namespace Hutch.Formats.Frames;

/// <summary>HDF5's filter 2: all first bytes of the elements, then all second bytes, and so on.</summary>
internal static class ByteShuffle
{
    /// <summary>
    /// Puts a piece of shuffled bytes, which starts at <paramref name="offset"/> of the whole, where its bytes belong. Taking pieces lets
    /// the caller unpack through a small buffer.
    /// </summary>
    public static void Scatter(ReadOnlySpan<byte> piece, int offset, Span<byte> elements, int elementSize)
    {
        int count = elements.Length / elementSize;
        while (!piece.IsEmpty)
        {
            int plane = offset / count;
            int index = offset % count;
            int run = Math.Min(count - index, piece.Length);
            int target = (index * elementSize) + plane;
            for (int i = 0; i < run; i++, target += elementSize)
            {
                elements[target] = piece[i];
            }

            piece = piece[run..];
            offset += run;
        }
    }

    /// <summary>The inverse: shuffles whole elements.</summary>
    public static void Gather(ReadOnlySpan<byte> elements, Span<byte> shuffled, int elementSize)
    {
        int count = elements.Length / elementSize;
        for (int plane = 0; plane < elementSize; plane++)
        {
            Span<byte> target = shuffled.Slice(plane * count, count);
            for (int i = 0; i < count; i++)
            {
                target[i] = elements[(i * elementSize) + plane];
            }
        }
    }
}
