using System.Text.Json;
using System.Text.Json.Nodes;
using Hutch.Formats.Frames;
using Hutch.Formats.Hdf5;

namespace Hutch.Formats.NxMx;

/// <summary>
/// Makes the <c>header</c> document of a series: the detector's configuration under its own names at top level and in SI units (wavelength
/// in Å), what the frames are under <c>hutch</c>, all the rest of the master under <c>nexus</c>.
/// </summary>
public static class HeaderBuilder
{
    /// <summary>The version of the document.</summary>
    public const string Format = "hutch-frames-1";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // Names that DECTRIS's configuration and NXmx share; where they differ, the configuration's is first and NXmx's follow.
    private static readonly (string Name, Func<string?, double?> Unit, string[] Paths)[] Quantities =
    [
        ("wavelength", Units.Angstrom, ["instrument/beam/incident_wavelength", "sample/beam/incident_wavelength"]),
        ("detector_distance", Units.Metres, ["instrument/detector/detector_distance", "instrument/detector/distance"]),
        ("x_pixel_size", Units.Metres, ["instrument/detector/x_pixel_size"]),
        ("y_pixel_size", Units.Metres, ["instrument/detector/y_pixel_size"]),
        ("sensor_thickness", Units.Metres, ["instrument/detector/sensor_thickness"]),
        ("count_time", Units.Seconds, ["instrument/detector/count_time"]),
        ("frame_time", Units.Seconds, ["instrument/detector/frame_time"]),
    ];

    /// <summary>Makes the document.</summary>
    /// <param name="series">What the master holds.</param>
    /// <param name="arrayEntries">The entries that the large arrays become, by array.</param>
    public static byte[] Build(SeriesDescription series, IReadOnlyList<HeaderArray> arrayEntries)
    {
        var header = new JsonObject { ["hutch"] = Frames(series, arrayEntries) };
        JsonObject nexus = series.Nexus;
        CopyScalars(nexus.At("instrument/detector") as JsonObject, header);
        CopyScalars(nexus.At("instrument/detector/detectorSpecific") as JsonObject, header);
        CopyQuantities(nexus, header);
        AddShape(series, header);
        AddScan(series, header);
        header["nexus"] = nexus.DeepClone();
        return JsonSerializer.SerializeToUtf8Bytes(header, Indented);
    }

    private static JsonObject Frames(SeriesDescription series, IReadOnlyList<HeaderArray> arrayEntries)
    {
        var arrays = new JsonObject();
        foreach (HeaderArray array in arrayEntries)
        {
            arrays[array.Name] = new JsonObject
            {
                ["entry"] = array.EntryPath,
                ["type"] = array.Source.Type.Name(),
                ["shape"] = new JsonArray([.. array.Source.Shape.Select(static n => JsonValue.Create(n))]),
                ["nexusPath"] = array.Source.Path,
            };
        }

        return new JsonObject
        {
            ["format"] = Format,
            ["source"] = series.Master,
            ["images"] = series.Images,
            ["channels"] = new JsonArray([.. series.Channels.Select(static name => JsonValue.Create(name))]),
            ["codec"] = series.Codec.Name(),
            ["type"] = series.Type.Name(),
            ["shape"] = new JsonArray(series.Rows, series.Columns),
            ["arrays"] = arrays,
        };
    }

    private static void CopyScalars(JsonObject? group, JsonObject header)
    {
        foreach ((string name, JsonNode? value) in group ?? [])
        {
            if (!name.Contains('@', StringComparison.Ordinal) && value is JsonValue && !header.ContainsKey(name))
            {
                header[name] = value.DeepClone();
            }
        }
    }

    private static void CopyQuantities(JsonObject nexus, JsonObject header)
    {
        foreach ((string name, Func<string?, double?> unit, string[] paths) in Quantities)
        {
            foreach (string path in paths)
            {
                if (NexusTree.Real(nexus.At(path)) is { } value && unit(NexusTree.Text(nexus.At(path + "@units"))) is { } factor)
                {
                    header[name] = factor == 1 ? value : value * factor;
                    break;
                }
            }
        }

        // A beam centre may stand in a list of one.
        foreach (string name in new[] { "beam_center_x", "beam_center_y", "saturation_value" })
        {
            if (NexusTree.Real(nexus.At("instrument/detector/" + name)) is { } value)
            {
                header[name] = value;
            }
        }
    }

    // What the frames are is known from the frames; the file's own words would only repeat it, or be wrong.
    private static void AddShape(SeriesDescription series, JsonObject header)
    {
        header["x_pixels_in_detector"] = series.Columns;
        header["y_pixels_in_detector"] = series.Rows;
        header["bit_depth_image"] = series.Type.Size() * 8;
        header["nimages"] ??= series.Images;
        header["ntrigger"] ??= 1;
    }

    private static void AddScan(SeriesDescription series, JsonObject header)
    {
        if (ScanAxis.Find(series.Nexus, series.EntryPath) is not { } axis)
        {
            return;
        }

        header[axis.Name + "_start"] = axis.StartDegrees;
        header[axis.Name + "_increment"] = axis.IncrementDegrees;
        header["hutch"]!["scan"] = new JsonObject
        {
            ["axis"] = axis.Name,
            ["start"] = axis.StartDegrees,
            ["increment"] = axis.IncrementDegrees,
            ["unit"] = "degree",
        };
    }
}
