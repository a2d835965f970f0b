namespace Hutch.Formats.Mrc;

/// <summary>
/// The header of an MRC file that holds one image or a stack of them, without an extended header. Little-endian. The pixels follow it,
/// section by section, the bottom row first. Format: MRC2014, https://www.ccpem.ac.uk/mrc-format/mrc2014/ (words are counted from 1, of
/// four bytes each).
/// </summary>
/// <param name="Columns">Pixels from left to right (NX).</param>
/// <param name="Rows">Pixels from bottom to top (NY).</param>
/// <param name="Sections">Images (NZ).</param>
/// <param name="Mode">The type of a pixel.</param>
/// <param name="PixelAngstrom">The side of a pixel at the sample in Å.</param>
/// <param name="Label">The writer and the content of the file, at most 80 ASCII characters.</param>
internal sealed record MrcHeader(int Columns, int Rows, int Sections, MrcMode Mode, double PixelAngstrom, string Label)
{
    /// <summary>Its length in bytes.</summary>
    public const int Size = 1024;

    private const int Version = 20141;

    /// <summary>Writes the header into the first <see cref="Size"/> bytes.</summary>
    /// <param name="statistics">Those of the pixels; null while they are unknown.</param>
    public void Write(Span<byte> destination, MrcStatistics? statistics)
    {
        destination[..Size].Clear();
        WriteWords(destination, 1, Columns, Rows, Sections, (int)Mode);
        WriteWords(destination, 8, Columns, Rows, 1); // a stack of images is sampled once along z
        WriteWords(destination, 11, (float)(Columns * PixelAngstrom), (float)(Rows * PixelAngstrom), (float)PixelAngstrom, 90f, 90f, 90f);
        WriteWords(destination, 17, 1, 2, 3); // columns run along x, rows along y, sections along z
        WriteStatistics(destination, statistics);
        WriteWords(destination, 28, Version);
        "MAP "u8.CopyTo(destination[208..]);
        ((ReadOnlySpan<byte>)[0x44, 0x44, 0, 0]).CopyTo(destination[212..]); // little-endian
        WriteWords(destination, 56, 1); // labels
        Span<byte> labels = destination[224..Size];
        labels.Fill((byte)' ');
        Encoding.ASCII.GetBytes(Label, labels[..80]);
    }

    // Unknown statistics have a minimum above the maximum, a mean below both and a negative deviation.
    private static void WriteStatistics(Span<byte> destination, MrcStatistics? known)
    {
        if (known is null)
        {
            WriteWords(destination, 20, 0f, -1f, -2f);
            WriteWords(destination, 55, -1f);
        }
        else
        {
            WriteWords(destination, 20, (float)known.Least, (float)known.Greatest, (float)known.Mean);
            WriteWords(destination, 55, (float)known.Deviation);
        }
    }

    private static void WriteWords(Span<byte> destination, int word, params ReadOnlySpan<int> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(destination[((word + i - 1) * 4)..], values[i]);
        }
    }

    private static void WriteWords(Span<byte> destination, int word, params ReadOnlySpan<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(destination[((word + i - 1) * 4)..], values[i]);
        }
    }
}
