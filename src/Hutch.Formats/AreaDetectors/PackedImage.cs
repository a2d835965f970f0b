namespace Hutch.Formats.AreaDetectors;

/// <summary>
/// The packing of CCP4 for images of 16 bits: differences from a mean of four neighbours, in groups of up to 128 pixels. Each group has a
/// number of bits. Source: J. P. Abrahams, Joint CCP4 and ESF-EACBM Newsletter 28 (1993); version 2 has wider heads of groups.
/// </summary>
internal static class PackedImage
{
    private static readonly int[] Bits = [0, 4, 5, 6, 7, 8, 16, 32];
    private static readonly int[] BitsOfVersion2 = [0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 32];

    private static ReadOnlySpan<byte> Mark => "CCP4 packed image"u8;

    /// <summary>Returns the pixels as numbers of four bytes, little-endian.</summary>
    /// <param name="packed">A line that names the packing and its lengths, and the groups.</param>
    public static byte[] Unpack(string name, ReadOnlySpan<byte> packed, int columns, int rows)
    {
        int mark = packed.IndexOf(Mark);
        int line = mark < 0 ? -1 : packed[mark..].IndexOf((byte)'\n');
        if (line < 0)
        {
            throw ErrorCode.UnreadableFile.With($"{name} has no packed image after its header.").ToException();
        }

        bool isVersion2 = packed.Slice(mark + Mark.Length, line - Mark.Length).IndexOf(" V2"u8) == 0;
        byte[] numbers = new byte[(long)columns * rows * sizeof(uint)];
        return Unpack(packed[(mark + line + 1)..], MemoryMarshal.Cast<byte, uint>(numbers.AsSpan()), columns, isVersion2)
            ? numbers
            : throw ErrorCode.UnreadableFile.With($"{name} ends inside its image.").ToException();
    }

    private static bool Unpack(ReadOnlySpan<byte> bytes, Span<uint> pixels, int columns, bool isVersion2)
    {
        (int width, int[] bits) = isVersion2 ? (4, BitsOfVersion2) : (3, Bits);
        long at = 0;
        for (int pixel = 0; pixel < pixels.Length;)
        {
            if (!TryTake(bytes, ref at, width, out uint log) || !TryTake(bytes, ref at, width, out uint kind))
            {
                return false;
            }

            int end = (int)Math.Min(pixels.Length, pixel + (1L << (int)log));
            for (; pixel < end; pixel++)
            {
                if (!TryTake(bytes, ref at, bits[kind], out uint raw))
                {
                    return false;
                }

                int difference = bits[kind] is 0 or 32 ? (int)raw : (int)(raw << (32 - bits[kind])) >> (32 - bits[kind]);
                pixels[pixel] = (uint)(difference + Expected(pixels, pixel, columns)) & 0xFFFF;
            }
        }

        return true;
    }

    /// <summary>The mean of the neighbours to the left and above; in the first row, the one to the left.</summary>
    private static int Expected(ReadOnlySpan<uint> pixels, int pixel, int columns)
    {
        if (pixel > columns)
        {
            return (Signed(pixels[pixel - 1]) + Signed(pixels[pixel - columns + 1]) + Signed(pixels[pixel - columns])
                + Signed(pixels[pixel - columns - 1]) + 2) / 4;
        }

        return pixel == 0 ? 0 : (int)pixels[pixel - 1];
    }

    /// <summary>Writers take the mean of numbers of 16 bits with a sign.</summary>
    private static int Signed(uint pixel) => (short)pixel;

    /// <summary>Takes bits, the lowest of each byte first.</summary>
    private static bool TryTake(ReadOnlySpan<byte> bytes, ref long at, int count, out uint value)
    {
        ulong found = 0;
        value = 0;
        if (at + count > bytes.Length * 8L)
        {
            return false;
        }

        int taken = 0;
        while (taken < count)
        {
            int skip = (int)(at % 8);
            int take = Math.Min(8 - skip, count - taken);
            found |= (ulong)((bytes[(int)(at / 8)] >> skip) & ((1 << take) - 1)) << taken;
            taken += take;
            at += take;
        }

        value = (uint)found;
        return true;
    }
}
