namespace Hutch.Formats.Tiff;

/// <summary>
/// The coding of a frame of electrons: for each, the run of pixels without one before it, and its place in its pixel. Bits begin with the
/// least significant one. A run of ones only is longer, and another follows. Places are not used: an electron counts in its pixel. Format:
/// "EER file format documentation 3.0" by Thermo Fisher Scientific.
/// </summary>
/// <param name="RunBits">The bits of a run.</param>
/// <param name="PlaceBits">The bits of a place.</param>
/// <param name="MayPad">Whether runs of ones may have unused bits for a place: writers of the first kind differ in that.</param>
internal readonly record struct EerCoding(int RunBits, int PlaceBits, bool MayPad)
{
    private const int OldKind = 65000;
    private const int UsualKind = 65001;

    /// <exception cref="HutchException">The lengths of runs and places are none that a writer uses.</exception>
    public static EerCoding Read(TiffBytes file, TiffDirectory directory)
    {
        int Bits(TiffTag tag, int otherwise) => (int)Math.Min(directory.Number(tag) ?? (ulong)otherwise, 99);
        var coding = directory.Number(TiffTag.Compression) switch
        {
            OldKind => new EerCoding(8, 4, true),
            UsualKind => new EerCoding(7, 4, false),
            _ => new EerCoding(
                Bits(TiffTag.EerRunBits, 7), Bits(TiffTag.EerHorizontalBits, 2) + Bits(TiffTag.EerVerticalBits, 2), false),
        };
        return coding is { RunBits: > 1 and <= 16, PlaceBits: >= 0 and <= 16 }
            ? coding
            : throw file.NotRead($"is an EER movie with runs of {coding.RunBits} bits and places of {coding.PlaceBits}").ToException();
    }

    /// <summary>Sets the pixels that an electron hit to 1.</summary>
    /// <exception cref="InvalidDataException">The runs do not end with the frame.</exception>
    public int Unpack(ReadOnlySpan<byte> packed, Span<byte> pixels)
    {
        if (MayPad && Unpack(packed, pixels, PlaceBits) == pixels.Length)
        {
            return pixels.Length;
        }

        pixels.Clear();
        return Unpack(packed, pixels, 0) >= 0
            ? pixels.Length
            : throw new InvalidDataException("the electrons of an EER frame go past its last pixel");
    }

    /// <summary>Returns the pixels up to the end of the bits; -1 if there are more than the frame has.</summary>
    private long Unpack(ReadOnlySpan<byte> packed, Span<byte> pixels, int padding)
    {
        long bits = packed.Length * 8L;
        int longer = (1 << RunBits) - 1;
        long at = 0;
        for (long bit = 0; bit + RunBits <= bits && at < pixels.Length;)
        {
            int run = Take(packed, bit) & longer;
            bit += RunBits;
            at += run;
            if (at > pixels.Length)
            {
                return -1;
            }

            if (run == longer)
            {
                bit += padding;
            }
            else if (at < pixels.Length && bit + PlaceBits <= bits)
            {
                pixels[(int)at++] = 1;
                bit += PlaceBits;
            }
            else
            {
                break;
            }
        }

        return at;
    }

    private static int Take(ReadOnlySpan<byte> packed, long bit)
    {
        ReadOnlySpan<byte> from = packed[(int)(bit >> 3)..];
        uint bits = from[0];
        bits |= from.Length > 1 ? (uint)from[1] << 8 : 0;
        bits |= from.Length > 2 ? (uint)from[2] << 16 : 0;
        return (int)(bits >> (int)(bit & 7));
    }
}
