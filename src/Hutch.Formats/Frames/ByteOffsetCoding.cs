namespace Hutch.Formats.Frames;

/// <summary>
/// The byte-offset compression of CBF (International Tables for Crystallography G, 5.6.3.1): each pixel as its difference from the one
/// before, in 1 byte if it fits; the smallest number of a size escapes to the next size: 1, 2, 4, 8 bytes, little-endian.
/// </summary>
internal static class ByteOffsetCoding
{
    private const int MaxBytesOfPixel = 1 + 2 + 4 + 8;

    // 15 bytes for a pixel of 4, 7 for one of 2, 3 for one of 1.
    private const int MaxGrowth = 4;

    // Sums wrap at the size of a pixel. So pixels may be signed or unsigned, and the writer may have computed its differences in 32 bits,
    // as CBFlib and fabio do, or in 64.
    public static FrameDecodeError Decode(int elementSize, ReadOnlySpan<byte> chunk, Span<byte> pixels)
    {
        long value = 0;
        for (; !pixels.IsEmpty; pixels = pixels[elementSize..])
        {
            int used = ReadDifference(chunk, out long difference);
            if (used == 0)
            {
                return FrameDecodeError.Truncated;
            }

            chunk = chunk[used..];
            value = unchecked(value + difference);
            switch (elementSize)
            {
                case 1: pixels[0] = unchecked((byte)value); break;
                case 2: BinaryPrimitives.WriteInt16LittleEndian(pixels, unchecked((short)value)); break;
                default: BinaryPrimitives.WriteInt32LittleEndian(pixels, unchecked((int)value)); break;
            }
        }

        return chunk.IsEmpty ? FrameDecodeError.None : FrameDecodeError.SizeMismatch;
    }

    /// <summary>Packs signed pixels; returns the length.</summary>
    public static int Encode(int elementSize, ReadOnlySpan<byte> pixels, Span<byte> destination)
    {
        int written = 0;
        long before = 0;
        for (; !pixels.IsEmpty; pixels = pixels[elementSize..])
        {
            long value = elementSize switch
            {
                1 => (sbyte)pixels[0],
                2 => BinaryPrimitives.ReadInt16LittleEndian(pixels),
                _ => BinaryPrimitives.ReadInt32LittleEndian(pixels),
            };
            written += WriteDifference(value - before, destination[written..]);
            before = value;
        }

        return written;
    }

    public static int MaxEncodedLength(int imageBytes) => checked(imageBytes * MaxGrowth);

    private static int ReadDifference(ReadOnlySpan<byte> chunk, out long difference)
    {
        difference = 0;
        if (chunk.IsEmpty)
        {
            return 0;
        }

        difference = (sbyte)chunk[0];
        if (difference != sbyte.MinValue)
        {
            return 1;
        }

        if (!BinaryPrimitives.TryReadInt16LittleEndian(chunk[1..], out short two))
        {
            return 0;
        }

        difference = two;
        if (difference != short.MinValue)
        {
            return 3;
        }

        if (!BinaryPrimitives.TryReadInt32LittleEndian(chunk[3..], out int four))
        {
            return 0;
        }

        difference = four;
        if (difference != int.MinValue)
        {
            return 7;
        }

        return BinaryPrimitives.TryReadInt64LittleEndian(chunk[7..], out difference) ? MaxBytesOfPixel : 0;
    }

    private static int WriteDifference(long difference, Span<byte> destination)
    {
        if (Math.Abs(difference) <= sbyte.MaxValue)
        {
            destination[0] = unchecked((byte)difference);
            return 1;
        }

        destination[0] = 0x80;
        if (Math.Abs(difference) <= short.MaxValue)
        {
            BinaryPrimitives.WriteInt16LittleEndian(destination[1..], (short)difference);
            return 3;
        }

        BinaryPrimitives.WriteInt16LittleEndian(destination[1..], short.MinValue);
        if (Math.Abs(difference) <= int.MaxValue)
        {
            BinaryPrimitives.WriteInt32LittleEndian(destination[3..], (int)difference);
            return 7;
        }

        BinaryPrimitives.WriteInt32LittleEndian(destination[3..], int.MinValue);
        BinaryPrimitives.WriteInt64LittleEndian(destination[7..], difference);
        return MaxBytesOfPixel;
    }
}
