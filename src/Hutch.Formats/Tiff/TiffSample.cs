namespace Hutch.Formats.Tiff;

/// <summary>A number of a pixel.</summary>
/// <param name="Type">numpy's name of its type.</param>
/// <param name="Bytes">Its bytes here.</param>
/// <param name="Bits">Its bits in the file: fewer than here for numbers that are not of whole bytes.</param>
internal readonly record struct TiffSample(string Type, int Bytes, int Bits)
{
    /// <summary>The number of electrons in a pixel of an EER frame.</summary>
    public static TiffSample Electrons { get; } = new("|u1", 1, 8);

    /// <summary>True if numbers are packed one after the other, with the most significant bit first.</summary>
    public bool IsPackedBits => Bits != Bytes * 8;

    /// <exception cref="HutchException">The samples differ, or are not read.</exception>
    public static TiffSample Read(TiffBytes file, TiffDirectory directory, int samples)
    {
        ulong bits = directory.Number(TiffTag.BitsPerSample) ?? 1;
        ulong format = directory.Number(TiffTag.SampleFormat) ?? 1;
        for (ulong i = 1; i < (ulong)samples; i++)
        {
            if ((directory.Number(TiffTag.BitsPerSample, i) ?? bits) != bits
                || (directory.Number(TiffTag.SampleFormat, i) ?? format) != format)
            {
                throw file.NotRead("has samples of different types").ToException();
            }
        }

        if ((format, bits) is (1, (> 0 and < 8) or (> 8 and < 16)))
        {
            return bits < 8 ? new TiffSample("|u1", 1, (int)bits) : new TiffSample("<u2", 2, (int)bits);
        }

        char kind = (format, bits) switch
        {
            (1 or 4, 8 or 16 or 32 or 64) => 'u',
            (2, 8 or 16 or 32 or 64) => 'i',
            (3, 16 or 32 or 64) => 'f',
            (6, 64 or 128) => 'c',
            _ => throw file.NotRead($"has samples of {bits} bits in the format {format}").ToException(),
        };
        char order = bits == 8 ? '|' : file.IsBigEndian ? '>' : '<';
        return new TiffSample($"{order}{kind}{bits / 8}", (int)bits / 8, (int)bits);
    }

    /// <summary>Spreads a row of packed numbers out.</summary>
    public void Spread(ReadOnlySpan<byte> packed, Span<byte> numbers)
    {
        int mask = (1 << Bits) - 1;
        long bit = 0;
        for (int at = 0; at < numbers.Length; at += Bytes, bit += Bits)
        {
            int first = (int)(bit >> 3);
            int three = packed[first] << 16;
            three |= first + 1 < packed.Length ? packed[first + 1] << 8 : 0;
            three |= first + 2 < packed.Length ? packed[first + 2] : 0;
            int value = (three >> (24 - Bits - (int)(bit & 7))) & mask;
            numbers[at] = (byte)value;
            if (Bytes > 1)
            {
                numbers[at + 1] = (byte)(value >> 8);
            }
        }
    }
}
