namespace Hutch.Detectors.Cbf;

/// <summary>
/// The <c>header</c> document of a CBF series: the values in the comments of the first file, such as <c>Wavelength 0.68937 A</c>, under
/// DECTRIS's names, and the comments themselves under <c>cbf</c>. See DECTRIS, "CBF header specification" 1.5.
/// </summary>
internal static class CbfHeader
{
    // The comments do not name the rotation axis.
    private const string Axis = "omega";

    private static readonly (string Keyword, string Name, Func<string?, double?> Unit)[] Quantities =
    [
        ("Wavelength", "wavelength", Units.Angstrom),
        ("Detector_distance", "detector_distance", Units.Metres),
        ("Exposure_time", "count_time", Units.Seconds),
        ("Exposure_period", "frame_time", Units.Seconds),
    ];

    private static readonly char[] Separators = [' ', '\t', ':', '=', '(', ')', ','];

    /// <param name="source">The name of the first file.</param>
    public static byte[] Build(string source, CbfImage first, int images)
    {
        var series = new FrameHeader
        {
            Rows = first.Rows,
            Columns = first.Columns,
            Type = first.Type,
            Codec = first.Codec,
            Images = images,
        };
        var document = new HeaderDocument(source, series, []);
        string[][] lines = [.. first.Comments.Select(static line => line.Split(Separators, StringSplitOptions.RemoveEmptyEntries))];
        AddQuantities(document.Root, lines);
        AddSensor(document.Root, lines);
        document.AddShape();
        if (Number(lines, "Start_angle", 1, Units.Degrees) is { } start
            && Number(lines, "Angle_increment", 1, Units.Degrees) is { } increment)
        {
            document.AddScan(Axis, start, increment);
        }

        document.Root["cbf"] = new JsonArray([.. first.Comments.Select(static line => JsonValue.Create(line))]);
        return document.ToBytes();
    }

    private static void AddQuantities(JsonObject header, string[][] lines)
    {
        foreach ((string keyword, string name, Func<string?, double?> unit) in Quantities)
        {
            Add(header, name, Number(lines, keyword, 1, unit));
        }

        // Pixel_size 172e-6 m x 172e-6 m
        Add(header, "x_pixel_size", Number(lines, "Pixel_size", 1, Units.Metres));
        Add(header, "y_pixel_size", Number(lines, "Pixel_size", 4, Units.Metres));

        // Beam_xy (1231.50, 1263.50) pixels
        Add(header, "beam_center_x", Number(lines, "Beam_xy", 1, static _ => 1));
        Add(header, "beam_center_y", Number(lines, "Beam_xy", 2, static _ => 1));
        Add(header, "saturation_value", Number(lines, "Count_cutoff", 1, static _ => 1));
    }

    // Silicon sensor, thickness 0.000320 m
    private static void AddSensor(JsonObject header, string[][] lines)
    {
        if (Array.Find(lines, static line => line is [_, "sensor", "thickness", ..]) is { } sensor)
        {
            header["sensor_material"] = sensor[0] == "Silicon" ? "Si" : sensor[0];
            Add(header, "sensor_thickness", Number(lines, sensor[0], 3, Units.Metres));
        }

        if (Array.Find(lines, static line => line is ["Detector", _, ..]) is { } detector)
        {
            header["description"] = string.Join(' ', detector[1..]);
        }
    }

    private static double? Number(string[][] lines, string keyword, int at, Func<string?, double?> unit) =>
        Array.Find(lines, line => line is [{ } first, ..] && first == keyword) is { } words && words.Length > at
        && double.TryParse(words[at], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value * unit(words.ElementAtOrDefault(at + 1)?.TrimEnd('.'))
            : null;

    private static void Add(JsonObject header, string name, double? value)
    {
        if (value is { } number)
        {
            header[name] = number;
        }
    }
}
