using Hutch.Formats.Zarr;

namespace Hutch.Formats.AreaDetectors;

/// <summary>
/// A frame of a Bruker diffractometer, format 86: a header of lines of 80 characters, numbers of 1, 2 or 4 bytes, and a table of the pixels
/// that do not fit into these. Format: SAINT manual, appendix "Frame file format". Format 100 is refused.
/// </summary>
internal static class BrukerFile
{
    private const int LineBytes = 80;
    private const int KeyBytes = 7;
    private const int BlockBytes = 512;
    private const int FirstBlocks = 5;
    private const int MaxBlocks = 200;
    private const int OverflowBytes = 16;
    private const int ValueDigits = 9;
    private const int MaxOverflows = 1 << 20;

    public static bool IsBruker(ReadOnlySpan<byte> head) => head.StartsWith("FORMAT :"u8) && head.IndexOf("HDRBLKS:"u8) > 0;

    public static IZarrArray Open(IFileBytes file)
    {
        Dictionary<string, string> header = ReadHeader(file, FirstBlocks);
        long blocks = Whole(header, "HDRBLKS") is >= FirstBlocks and <= MaxBlocks and { } said ? said : FirstBlocks;
        header = ReadHeader(file, (int)blocks);
        if (FirstOf(header, "FORMAT") != "86")
        {
            throw ErrorCode.Unprocessable.With(
                $"{file.Name} is a frame of format {Display.Quote(FirstOf(header, "FORMAT"))}; of Bruker's, format 86 is read. "
                + "fabio reads format 100.").ToException();
        }

        if (Whole(header, "WORDORD") is not (null or 0) || Whole(header, "LONGORD") is not (null or 0))
        {
            throw ErrorCode.Unprocessable.With($"{file.Name} has numbers with the highest byte first, which are not read.").ToException();
        }

        long rows = DetectorImage.Length(file, "NROWS", FirstOf(header, "NROWS"));
        long columns = DetectorImage.Length(file, "NCOLS", FirstOf(header, "NCOLS"));
        int itemBytes = Whole(header, "NPIXELB") is 1 or 2 or 4
            ? (int)Whole(header, "NPIXELB")!
            : throw ErrorCode.UnreadableFile.With($"{file.Name} has pixels of {FirstOf(header, "NPIXELB")} bytes.").ToException();
        long offset = blocks * BlockBytes;
        Dictionary<long, uint> overflows = ReadOverflows(file, header, offset + (rows * columns * itemBytes), rows * columns);
        return new DetectorImage(
            overflows.Count == 0 ? file : new PatchedPixels(file, offset, itemBytes, rows * columns, overflows),
            overflows.Count == 0 ? offset : 0,
            overflows.Count > 0 || itemBytes == 4 ? "<u4" : itemBytes == 2 ? "<u2" : "|u1",
            overflows.Count > 0 ? sizeof(uint) : itemBytes,
            [rows, columns])
        {
            Header = header,
            Scaling = ScalingOf(header),
        }.ToArray();
    }

    /// <summary>The keys and values of a header. A key that comes again continues its value.</summary>
    private static Dictionary<string, string> ReadHeader(IFileBytes file, int blocks)
    {
        if (file.Length < blocks * BlockBytes)
        {
            throw ErrorCode.UnreadableFile.With($"{file.Name} ends inside its header.").ToException();
        }

        byte[] bytes = new byte[blocks * BlockBytes];
        file.Read(0, bytes);
        Dictionary<string, string> header = new(StringComparer.Ordinal);
        for (int at = 0; at + LineBytes <= bytes.Length; at += LineBytes)
        {
            string line = Encoding.Latin1.GetString(bytes, at, LineBytes);
            if (line[KeyBytes] == ':' && line[..KeyBytes].Trim() is { Length: > 0 } key)
            {
                string value = line[(KeyBytes + 1)..].Trim();
                header[key] = header.TryGetValue(key, out string? before) ? $"{before}\n{value}" : value;
            }
        }

        return header;
    }

    private static Dictionary<long, uint> ReadOverflows(IFileBytes file, Dictionary<string, string> header, long at, long pixels)
    {
        Dictionary<long, uint> found = [];
        long count = Whole(header, "NOVERFL") ?? 0;
        if (count is < 0 or > MaxOverflows || at + (count * OverflowBytes) > file.Length)
        {
            throw ErrorCode.UnreadableFile.With($"{file.Name} says that {count} pixels overflow, and has no table of so many.")
                .ToException();
        }

        byte[] table = new byte[count * OverflowBytes];
        file.Read(at, table);
        for (int i = 0; i < count; i++)
        {
            string entry = Encoding.Latin1.GetString(table, i * OverflowBytes, OverflowBytes);
            if (!uint.TryParse(entry[..ValueDigits], CultureInfo.InvariantCulture, out uint value)
                || !long.TryParse(entry[ValueDigits..], CultureInfo.InvariantCulture, out long pixel) || pixel < 0 || pixel >= pixels)
            {
                throw ErrorCode.UnreadableFile.With($"{file.Name} has a damaged table of overflows.").ToException();
            }

            found[pixel] = value;
        }

        return found;
    }

    private static (double Factor, double Offset)? ScalingOf(Dictionary<string, string> header) =>
        header.GetValueOrDefault("LINEAR")?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var factor, var offset, ..]
        && Numeric.Parse(factor) is { } f && Numeric.Parse(offset) is { } o && (f, o) != (1, 0)
            ? (f, o)
            : null;

    private static string FirstOf(Dictionary<string, string> header, string key) =>
        header.GetValueOrDefault(key)?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "";

    private static long? Whole(Dictionary<string, string> header, string key) =>
        long.TryParse(FirstOf(header, key), CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>Pixels of few bytes as numbers of four, with the values of a table in their places.</summary>
    private sealed class PatchedPixels(IFileBytes file, long offset, int itemBytes, long pixels, Dictionary<long, uint> values) : IFileBytes
    {
        public string Name => file.Name;

        public long Length => Math.Min(pixels, (file.Length - offset) / itemBytes) * sizeof(uint);

        public void Read(long from, Span<byte> destination)
        {
            long first = from / sizeof(uint);
            long end = (from + destination.Length + sizeof(uint) - 1) / sizeof(uint);
            byte[] stored = new byte[(end - first) * itemBytes];
            file.Read(offset + (first * itemBytes), stored);
            byte[] whole = new byte[(end - first) * sizeof(uint)];
            for (int i = 0; i < end - first; i++)
            {
                uint plain = itemBytes switch
                {
                    1 => stored[i],
                    2 => BinaryPrimitives.ReadUInt16LittleEndian(stored.AsSpan(i * 2)),
                    _ => BinaryPrimitives.ReadUInt32LittleEndian(stored.AsSpan(i * 4)),
                };
                BinaryPrimitives.WriteUInt32LittleEndian(whole.AsSpan(i * sizeof(uint)), values.GetValueOrDefault(first + i, plain));
            }

            whole.AsSpan((int)(from - (first * sizeof(uint))), destination.Length).CopyTo(destination);
        }
    }
}
