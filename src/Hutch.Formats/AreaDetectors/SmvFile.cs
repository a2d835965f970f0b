using Hutch.Formats.Zarr;

namespace Hutch.Formats.AreaDetectors;

/// <summary>
/// An image with a header of keys whose length it gives first: SMV of ADSC, and d*TREK of Rigaku, which extends it. Format: d*TREK Image
/// Format, version 1.1 (Rigaku). Compressed numbers are refused.
/// </summary>
internal static class SmvFile
{
    private const int MaxAxes = 3;

    private static readonly Dictionary<string, (char Kind, int Bytes)> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["signed char"] = ('i', 1),
        ["unsigned char"] = ('u', 1),
        ["short int"] = ('i', 2),
        ["unsigned short int"] = ('u', 2),
        ["unsigned_short"] = ('u', 2),
        ["long int"] = ('i', 4),
        ["signed_long"] = ('i', 4),
        ["unsigned long int"] = ('u', 4),
        ["unsigned_long"] = ('u', 4),
        ["float IEEE"] = ('f', 4),
        ["float"] = ('f', 4),
    };

    public static bool IsSmv(ReadOnlySpan<byte> head) =>
        head is [(byte)'{', ..] && head[..Math.Min(head.Length, 64)].IndexOf("HEADER_BYTES"u8) > 0;

    public static IZarrArray Open(IFileBytes file)
    {
        var header = TextHeader.Read(file, 0);
        string type = header["Data_type"] ?? header["TYPE"] ?? "unsigned short int";
        if (!Types.TryGetValue(type, out (char Kind, int Bytes) known))
        {
            throw Refuse(file, $"numbers of the type {Display.Quote(type)}");
        }

        if (header["COMPRESSION"] is { } compression && !compression.Equals("None", StringComparison.OrdinalIgnoreCase))
        {
            throw Refuse(file, $"numbers compressed as {Display.Quote(compression)}");
        }

        if (header.Number("RAXIS_COMPRESSION_RATIO") is { } ratio and not 1)
        {
            throw Refuse(file, $"numbers in two scales (RAXIS_COMPRESSION_RATIO {ratio.ToString(CultureInfo.InvariantCulture)})");
        }

        List<string> notes = [];
        long offset = DetectorImage.Length(file, "HEADER_BYTES", header["HEADER_BYTES"]);
        string order = OrderOf(file, header, known.Bytes, notes);
        return new DetectorImage(file, offset, $"{order}{known.Kind}{known.Bytes}", known.Bytes, ShapeOf(file, header))
        {
            Header = header.Values,
            PixelMillimetres = PixelOf(header),
            Notes = notes,
        }.ToArray();
    }

    private static long[] ShapeOf(IFileBytes file, TextHeader header)
    {
        long axes = header.Whole("DIM") ?? 2;
        if (axes is < 1 or > MaxAxes)
        {
            throw Refuse(file, $"{axes} axes");
        }

        List<long> shape = [];
        for (int axis = 1; axis <= axes; axis++)
        {
            shape.Insert(0, DetectorImage.Length(file, $"SIZE{axis}", header[$"SIZE{axis}"]));
        }

        return [.. shape];
    }

    private static string OrderOf(IFileBytes file, TextHeader header, int bytes, List<string> notes)
    {
        switch (header["BYTE_ORDER"]?.ToLowerInvariant())
        {
            case null when bytes > 1:
                notes.Add("The file does not say the order of the bytes of a number: they are read with the lowest first.");
                return "<";
            case "little_endian" or null:
                return bytes == 1 ? "|" : "<";
            case "big_endian":
                return bytes == 1 ? "|" : ">";
            case { } order:
                throw Refuse(file, $"numbers in the order {Display.Quote(order)}");
        }
    }

    /// <summary>
    /// The size of a pixel in millimetres: of d*TREK, the last two numbers of a spatial distortion, whose key begins with the name of the
    /// detector; of ADSC, one number for both axes.
    /// </summary>
    private static (double Rows, double Columns)? PixelOf(TextHeader header)
    {
        string prefix = header["DETECTOR_NAMES"]?.Split(' ')[0] ?? "";
        double?[]? distortion = header[prefix + "SPATIAL_DISTORTION_INFORMATION"]?.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(Numeric.Parse).ToArray();
        if (distortion is [_, _, > 0 and { } columns, > 0 and { } rows, ..])
        {
            return (rows, columns);
        }

        return header.Number("PIXEL_SIZE") is > 0 and { } size ? (size, size) : null;
    }

    private static HutchException Refuse(IFileBytes file, string what) =>
        ErrorCode.Unprocessable.With($"{file.Name} has {what}, which is not read.").ToException();
}
