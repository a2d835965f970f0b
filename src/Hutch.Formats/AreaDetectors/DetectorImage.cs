using Hutch.Formats.Zarr;

namespace Hutch.Formats.AreaDetectors;

/// <summary>The content of a file of an area detector, whatever its kind: one array, its header, and the size of a pixel.</summary>
internal sealed record DetectorImage(IFileBytes Numbers, long Offset, string Type, int ItemBytes, long[] Shape)
{
    private const int MaxKeys = 500;
    private const int MaxLetters = 2000;

    public required IReadOnlyDictionary<string, string> Header { get; init; }

    /// <summary>The size of a pixel along rows and columns, in millimetres; null if the file does not give it.</summary>
    public (double Rows, double Columns)? PixelMillimetres { get; init; }

    /// <summary>The images that are left out, since they are unlike the first or cut.</summary>
    public int LeftOut { get; init; }

    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>A factor and an offset that make the stored numbers those of the detector, if the file gives them.</summary>
    public (double Factor, double Offset)? Scaling { get; init; }

    public IZarrArray ToArray() =>
        new FlatArray(Numbers, Offset, Type, ItemBytes, Shape, ChunkShape.OfImages(Shape, ItemBytes), attributes: WriteAttributes);

    /// <exception cref="HutchException">A length is no number above 0.</exception>
    public static long Length(IFileBytes file, string key, string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long length) && length is > 0 and <= int.MaxValue
            ? length
            : throw ErrorCode.UnreadableFile.With($"{file.Name} says that {key} is {Display.Quote(text ?? "")}.").ToException();

    private void WriteAttributes(Utf8JsonWriter json)
    {
        if (PixelMillimetres is { } size)
        {
            json.WriteStartArray("pixel_size");
            json.WriteNumberValue(size.Rows);
            json.WriteNumberValue(size.Columns);
            json.WriteEndArray();
            json.WriteString("pixel_size_unit", "mm");
        }

        if (Scaling is { } scaling)
        {
            json.WriteNumber("scale_factor", scaling.Factor);
            json.WriteNumber("add_offset", scaling.Offset);
        }

        if (LeftOut > 0)
        {
            json.WriteNumber("pages_left_out", LeftOut);
        }

        json.WriteStartObject("header");
        foreach ((string key, string value) in Header.Take(MaxKeys))
        {
            json.WriteString(key, value.Length > MaxLetters ? value[..MaxLetters] : value);
        }

        json.WriteEndObject();
        json.WriteNotes(Notes);
    }
}
