namespace Hutch.Detectors.Export;

/// <summary>
/// The groups and small values of an NXmx file. What the header kept of a master is written back; for other sources, what programs need is
/// made from the header.
/// </summary>
/// <param name="images">How many images there are, with those that are missing between.</param>
internal sealed class NxMxMetadata(IHdf5Tree file, JsonObject document, FrameHeader header, int first, int images)
{
    private const string Instrument = "/instrument";

    /// <summary>The name of the group that holds all of it, which the transformations of a master name.</summary>
    private readonly string _entry = EntryOf(document["nexus"] as JsonObject);

    private readonly NexusGroups _groups = new(document["nexus"] as JsonObject ?? []);

    /// <summary>The tree of a master; null when there was none.</summary>
    private readonly JsonObject? _nexus = document["nexus"] is JsonObject tree && new NexusGroups(tree).HasInstrument ? tree : null;

    public string Data => _entry + "/data";

    /// <summary>The values that the header lacks, so that programs which need them cannot read the file; null if it has all.</summary>
    public string? Lack => _nexus is null ? FindLack() : null;

    /// <summary>Writes everything but frames and arrays.</summary>
    public void Write()
    {
        file.GroupAttribute("", "default", _entry[1..]);
        file.Group(_entry);
        if (_nexus is not null)
        {
            new NxMxTree(file, first, images, header.Images).Write(_entry, _nexus, "data", _groups.Data);
            if (!_nexus.ContainsKey("@NX_class"))
            {
                file.GroupAttribute(_entry, "NX_class", "NXentry");
            }
        }
        else
        {
            WriteNeeded();
        }

        file.Group(Data, "NXdata");
        file.GroupAttribute(Data, "signal", "data");

        // All known values, also those without a place in NXmx.
        file.Group(_entry + "/hutch", "NXcollection");
        file.Value(_entry + "/hutch/header", document.ToJsonString());
    }

    public string PathOfArray(string name)
    {
        string? original = NexusTree.Text(((document.At("hutch/arrays") as JsonObject)?[name] as JsonObject)?["nexusPath"]);
        if (original is not null && original.StartsWith(_entry + "/", StringComparison.Ordinal))
        {
            return original;
        }

        // An array of a channel has the name of the channel before its own.
        string detector = $"{_entry}/{(_nexus is null ? Instrument[1..] + "/detector" : _groups.Detector)}/";
        int slash = name.LastIndexOf('/');
        return slash < 0 ? detector + name : $"{detector}{name[..slash].Replace('/', '_')}_channel/{name[(slash + 1)..]}";
    }

    private static string EntryOf(JsonObject? nexus) =>
        nexus is not null && NexusTree.Text(nexus.At(new NexusGroups(nexus).Sample + "/depends_on")) is { } path
        && path.StartsWith('/') && path.IndexOf('/', 1) is > 1 and var end
            ? path[..end]
            : "/entry";

    private string? FindLack()
    {
        (string Name, double? Value)[] needed =
        [
            ("wavelength", header.WavelengthAngstrom), ("detector_distance", header.DistanceMetres), ("beam_center_x", header.BeamCenterX),
            ("beam_center_y", header.BeamCenterY), ("x_pixel_size", header.PixelSizeXMetres), ("y_pixel_size", header.PixelSizeYMetres),
            ("sensor_thickness", header.SensorThicknessMetres),
        ];
        string[] missing =
        [
            .. needed.Where(static value => value.Value is null).Select(static value => value.Name),
            .. header.SensorMaterial is null ? ["sensor_material"] : Array.Empty<string>(),
        ];
        return missing.Length == 0
            ? null
            : $"The header does not say {string.Join(", ", missing)}: programs that need it will not read the file.";
    }

    private void WriteNeeded()
    {
        string instrument = _entry + Instrument, detector = instrument + "/detector";
        file.GroupAttribute(_entry, "NX_class", "NXentry");
        file.Value(_entry + "/definition", "NXmx");
        Text(_entry + "/start_time", document.At("start/arm_date"));
        file.Group(instrument, "NXinstrument");
        Text(instrument + "/name", document.At("start/instrument_name"));
        file.Group(instrument + "/beam", "NXbeam");
        Real(instrument + "/beam/incident_wavelength", header.WavelengthAngstrom, "angstrom");
        file.Group(detector, "NXdetector");
        Text(detector + "/description", document["description"]);
        Text(detector + "/detector_number", document["detector_number"]);
        Text(detector + "/sensor_material", document["sensor_material"]);
        Real(detector + "/sensor_thickness", header.SensorThicknessMetres, "m");
        Real(detector + "/x_pixel_size", header.PixelSizeXMetres, "m");
        Real(detector + "/y_pixel_size", header.PixelSizeYMetres, "m");
        Real(detector + "/distance", header.DistanceMetres, "m");
        Real(detector + "/beam_center_x", header.BeamCenterX, "pixel");
        Real(detector + "/beam_center_y", header.BeamCenterY, "pixel");
        Real(detector + "/count_time", header.CountTimeSeconds, "s");
        Real(detector + "/frame_time", header.FrameTimeSeconds, "s");
        file.Value(detector + "/bit_depth_readout", header.Type.Size() * 8L);
        file.Value(detector + "/saturation_value", (long)header.LargestTrusted);
        if (header.Type is ElementType.Int8 or ElementType.Int16 or ElementType.Int32)
        {
            file.Value(detector + "/underload_value", header.SmallestData);
        }

        file.Value(detector + "/type", "HPC");
        if (header is { PixelSizeXMetres: { } x, PixelSizeYMetres: { } y, DistanceMetres: { } far }
            && header is { BeamCenterX: { } beamX, BeamCenterY: { } beamY })
        {
            file.Value(detector + "/depends_on", NxMxGeometry.TranslationOf(detector));
            NxMxGeometry.WriteModule(file, detector, new FlatDetector(header.Rows, header.Columns, x, y, beamX, beamY, far));
        }

        file.Group(_entry + "/sample", "NXsample");
        Text(_entry + "/sample/name", document.At("start/user_data/sample"));
        string axis = NexusTree.Text(document.At("hutch/scan/axis")) ?? "omega";
        double from = header.ScanStartDegrees ?? 0, increment = header.ScanIncrementDegrees ?? 0;
        double[] starts = [.. Enumerable.Range(first - 1, images).Select(image => from + (image * increment))];
        NxMxGeometry.WriteRotation(file, _entry + "/sample", IsName(axis) ? axis : "omega", starts, increment);
        file.Group(_entry + "/source", "NXsource");
        Text(_entry + "/source/name", document.At("start/source_name"));
    }

    private static bool IsName(string text) => text.Length > 0 && text.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private void Text(string path, JsonNode? value)
    {
        if (NexusTree.Text(value) is { Length: > 0 } text)
        {
            file.Value(path, text);
        }
    }

    private void Real(string path, double? value, string units)
    {
        if (value is { } number)
        {
            file.Value(path, number, ("units", units));
        }
    }
}
