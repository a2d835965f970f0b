using Hutch.Formats.Zarr;

namespace Hutch.Formats.AreaDetectors;

/// <summary>
/// A file of the ESRF data format: images, each with a header of keys before its numbers. Format: P. Bösecke, J. Appl. Cryst. 40 (2007)
/// s423–s427. Compressed images are refused.
/// </summary>
internal static class EdfFile
{
    private const int MaxImages = 100_000;
    private const int MaxAxes = 4;

    private static readonly Dictionary<string, (char Kind, int Bytes)> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["SignedByte"] = ('i', 1),
        ["Signed8"] = ('i', 1),
        ["UnsignedByte"] = ('u', 1),
        ["Unsigned8"] = ('u', 1),
        ["SignedShort"] = ('i', 2),
        ["Signed16"] = ('i', 2),
        ["UnsignedShort"] = ('u', 2),
        ["Unsigned16"] = ('u', 2),
        ["UnsignedShortInteger"] = ('u', 2),
        ["SignedInteger"] = ('i', 4),
        ["Signed32"] = ('i', 4),
        ["SignedLong"] = ('i', 4),
        ["UnsignedInteger"] = ('u', 4),
        ["Unsigned32"] = ('u', 4),
        ["UnsignedLong"] = ('u', 4),
        ["Signed64"] = ('i', 8),
        ["Unsigned64"] = ('u', 8),
        ["FloatValue"] = ('f', 4),
        ["Float"] = ('f', 4),
        ["FloatIEEE32"] = ('f', 4),
        ["Float32"] = ('f', 4),
        ["DoubleValue"] = ('f', 8),
        ["Double"] = ('f', 8),
        ["DoubleIEEE64"] = ('f', 8),
        ["Float64"] = ('f', 8),
    };

    /// <summary>Returns true if a file begins as an EDF file does: a brace, and a key that only EDF has.</summary>
    public static bool IsEdf(ReadOnlySpan<byte> head) =>
        head is [(byte)'{', ..]
        && (head.IndexOf("HeaderID"u8) > 0 || head.IndexOf("EDF_"u8) > 0 || head.IndexOf("Dim_1"u8) > 0);

    public static IZarrArray Open(IFileBytes file)
    {
        (TextHeader Header, long Begin)? first = null;
        Layout layout = default;
        List<long> begins = [];
        int leftOut = 0;
        for (long at = 0; FindHeader(file, at) is { } header; at = header.Begin + header.Bytes)
        {
            if (header.Layout is not { } found)
            {
                continue; // a general block, without an image
            }

            first ??= (header.Values, header.Begin);
            layout = begins.Count == 0 ? found : layout;
            if (!found.IsSame(layout) || header.Begin + found.Bytes > file.Length)
            {
                leftOut++;
            }
            else
            {
                begins.Add(header.Begin);
            }

            if (begins.Count + leftOut > MaxImages)
            {
                throw ErrorCode.TooLarge.With($"{file.Name} has more than {MaxImages} images.").ToException();
            }
        }

        if (first is not { } one || begins.Count == 0)
        {
            throw ErrorCode.UnreadableFile.With($"{file.Name} has no whole image.").ToException();
        }

        return new DetectorImage(
            new JoinedBytes(file, begins, layout.Bytes), 0, layout.Type, layout.ItemBytes,
            begins.Count == 1 && layout.Shape.Length > 1 ? layout.Shape : [begins.Count, .. layout.Shape])
        {
            Header = one.Header.Values,
            PixelMillimetres = PixelOf(one.Header),
            LeftOut = leftOut,
        }.ToArray();
    }

    /// <summary>The next header at or after an offset, between which only blanks may be; null at the end of the file.</summary>
    private static Found? FindHeader(IFileBytes file, long at)
    {
        Span<byte> gap = stackalloc byte[16];
        while (at < file.Length)
        {
            Span<byte> read = gap[..(int)Math.Min(gap.Length, file.Length - at)];
            file.Read(at, read);
            int begin = read.IndexOfAnyExcept("\n\r \0"u8);
            if (begin < 0)
            {
                at += read.Length;
                continue;
            }

            if (read[begin] != '{')
            {
                return null; // something else than an image follows
            }

            var header = TextHeader.Read(file, at + begin);
            long said = Math.Clamp(header.Whole("EDF_BinarySize") ?? 0, 0, file.Length);
            return LayoutOf(file, header) is { } layout
                ? new Found(header, header.End, Math.Max(layout.Bytes, said), layout)
                : new Found(header, header.End, said, null);
        }

        return null;
    }

    private static Layout? LayoutOf(IFileBytes file, TextHeader header)
    {
        if (header["Dim_1"] is null)
        {
            return null;
        }

        if (header["Compression"] is { Length: > 0 } compression
            && !compression.StartsWith("no", StringComparison.OrdinalIgnoreCase)
            && !compression.Equals("UnCompressed", StringComparison.OrdinalIgnoreCase))
        {
            throw ErrorCode.Unprocessable.With(
                $"{file.Name} has images compressed as {Display.Quote(compression)}, which is not read. fabio reads them.").ToException();
        }

        string type = header["DataType"] ?? "UnsignedShort";
        if (!Types.TryGetValue(type, out (char Kind, int Bytes) known))
        {
            throw ErrorCode.Unprocessable.With(
                $"{file.Name} has numbers of the type {Display.Quote(type)}, which is not read.").ToException();
        }

        List<long> shape = [];
        for (int axis = 1; axis <= MaxAxes && header[$"Dim_{axis}"] is { } length; axis++)
        {
            shape.Insert(0, DetectorImage.Length(file, $"Dim_{axis}", length));
        }

        bool isBigEndian = header["ByteOrder"]?.Equals("HighByteFirst", StringComparison.OrdinalIgnoreCase) ?? false;
        char order = known.Bytes == 1 ? '|' : isBigEndian ? '>' : '<';
        return new Layout($"{order}{known.Kind}{known.Bytes}", known.Bytes, [.. shape]);
    }

    /// <summary>The size of a pixel: the keys are in metres.</summary>
    private static (double Rows, double Columns)? PixelOf(TextHeader header) =>
        header.Number("PSize_1") is > 0 and { } columns && header.Number("PSize_2") is > 0 and { } rows
            ? (rows * 1000, columns * 1000)
            : null;

    private readonly record struct Layout(string Type, int ItemBytes, long[] Shape)
    {
        public long Bytes => Shape.Aggregate((long)ItemBytes, static (all, each) => checked(all * each));

        public bool IsSame(Layout other) => Type == other.Type && Shape.SequenceEqual(other.Shape);
    }

    /// <param name="Begin">The first byte after the header.</param>
    /// <param name="Bytes">From there to the end of the block.</param>
    private sealed record Found(TextHeader Values, long Begin, long Bytes, Layout? Layout);
}
