using Hutch.Formats.Frames;

namespace Hutch.Formats.NxMx;

/// <summary>
/// Makes the <c>header</c> document of a series: the detector's configuration under its own names at top level and in SI units (wavelength
/// in Å), what the frames are under <c>hutch</c>, all the rest of the master under <c>nexus</c>.
/// </summary>
internal static class HeaderBuilder
{
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

    public static byte[] Build(SeriesDescription series, IReadOnlyList<HeaderArray> arrayEntries)
    {
        var frames = new FrameHeader
        {
            Rows = series.Rows,
            Columns = series.Columns,
            Type = series.Type,
            Codec = series.Codec,
            Images = series.Images,
            Channels = series.Channels,
        };
        var document = new HeaderDocument(series.Master, frames, Arrays(arrayEntries));
        JsonObject header = document.Root;
        JsonObject nexus = series.Nexus;
        CopyScalars(nexus.At("instrument/detector") as JsonObject, header);
        CopyScalars(nexus.At("instrument/detector/detectorSpecific") as JsonObject, header);
        CopyQuantities(nexus, header);
        document.AddShape();
        if (ScanAxis.Find(nexus, series.EntryPath) is { } axis)
        {
            document.AddScan(axis.Name, axis.StartDegrees, axis.IncrementDegrees);
        }

        if (DetectorPlane.FindTurned(nexus, series.EntryPath) is { } plane)
        {
            document.AddDetector(plane);
        }

        header["nexus"] = nexus.DeepClone();
        document.AddGrid();
        return document.ToBytes();
    }

    private static JsonObject Arrays(IReadOnlyList<HeaderArray> arrayEntries)
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

        return arrays;
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

        // A beam centre may be in a list of one.
        foreach (string name in new[] { "beam_center_x", "beam_center_y", "saturation_value" })
        {
            if (NexusTree.Real(nexus.At("instrument/detector/" + name)) is { } value)
            {
                header[name] = value;
            }
        }
    }
}
