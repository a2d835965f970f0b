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
        // By chance, both readings may end with the frame. The bits that the right one does not use are 0.
        (long padded, bool isClean) = MayPad ? Unpack(packed, [], pixels.Length, PlaceBits) : (-1, false);
        bool isPadded = padded == pixels.Length && (isClean || Unpack(packed, [], pixels.Length, 0).End != pixels.Length);
        return Unpack(packed, pixels, pixels.Length, isPadded ? PlaceBits : 0).End >= 0
            ? pixels.Length
            : throw new InvalidDataException("the electrons of an EER frame go past its last pixel");
    }

    /// <summary>
    /// Returns the pixels up to the end of the bits, or -1 if there are more than the frame has; and whether all bits without a meaning
    /// are 0.
    /// </summary>
    /// <param name="pixels">The pixels, of which those with an electron are set; empty to count alone.</param>
    private (long End, bool IsClean) Unpack(ReadOnlySpan<byte> packed, Span<byte> pixels, int count, int padding)
    {
        long bits = packed.Length * 8L;
        int longer = (1 << RunBits) - 1;
        (long at, long bit, int unused) = (0, 0, 0);
        while (bit + RunBits <= bits && at < count)
        {
            int run = Take(packed, bit) & longer;
            bit += RunBits;
            at += run;
            if (at > count)
            {
                return (-1, false);
            }

            if (run == longer)
            {
                unused |= bit + padding <= bits ? Take(packed, bit) & ((1 << padding) - 1) : 0;
                bit += padding;
            }
            else if (at < count && bit + PlaceBits <= bits)
            {
                if (!pixels.IsEmpty)
                {
                    pixels[(int)at] = 1;
                }

                at++;
                bit += PlaceBits;
            }
            else
            {
                bit += PlaceBits; // a writer may end with an electron after the last pixel
                break;
            }
        }

        int next = (int)Math.Min((bit + 7) >> 3, packed.Length);
        unused |= (bit & 7) != 0 && next > 0 ? packed[next - 1] >> (int)(bit & 7) : 0;
        return (at, unused == 0 && !packed[next..].ContainsAnyExcept((byte)0));
    }

    private static int Take(ReadOnlySpan<byte> packed, long bit)
    {
        if (bit >> 3 >= packed.Length)
        {
            return 0;
        }

        ReadOnlySpan<byte> from = packed[(int)(bit >> 3)..];
        uint bits = from[0];
        bits |= from.Length > 1 ? (uint)from[1] << 8 : 0;
        bits |= from.Length > 2 ? (uint)from[2] << 16 : 0;
        return (int)(bits >> (int)(bit & 7));
    }
}
