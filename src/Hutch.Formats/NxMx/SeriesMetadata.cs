namespace Hutch.Formats.NxMx;

/// <summary>A dataset's metadata from its series' header: type, title, search fields. See "Metadata" in docs/formats/frames.md.</summary>
/// <param name="Type">The type of the dataset; null if the header does not name the measurement.</param>
/// <param name="Title">One line of text; null if the header has nothing for it.</param>
/// <param name="Fields">The metadata: texts, numbers, and numbers with their unit.</param>
public sealed record SeriesMetadata(string? Type, string? Title, JsonObject Fields)
{
    public const string Rotation = "mx/rotation";
    public const string GridScan = "mx/grid-scan";

    /// <summary>The default type of a dataset.</summary>
    private const string NoType = "generic";

    private const int MaxTextCharacters = 200;
    private const int SignificantDigits = 9;

    /// <summary>Reads a header; null if it is none.</summary>
    public static SeriesMetadata? TryRead(ReadOnlySpan<byte> headerJson) =>
        FrameHeader.Parse(headerJson).TryGet(out FrameHeader? header, out _) && JsonNode.Parse(headerJson) is JsonObject document
            ? Read(document, header)
            : null;

    /// <summary>
    /// Adds the fields to a document that may have some already. Fields of others stay: a field is replaced only if it has the value
    /// of an earlier header of this series.
    /// </summary>
    /// <param name="before">The metadata of the earlier header; null if there was none.</param>
    /// <param name="retained">Takes the fields that have other values, and stay.</param>
    public int MergeInto(JsonObject document, SeriesMetadata? before, ICollection<string> retained)
    {
        int changed = 0;
        foreach ((string name, JsonNode? value) in Fields)
        {
            if (!document.TryGetPropertyValue(name, out JsonNode? there) || IsOurs(name, there))
            {
                changed += JsonNode.DeepEquals(there, value) ? 0 : 1;
                document[name] = value!.DeepClone();
            }
            else if (!JsonNode.DeepEquals(there, value))
            {
                retained.Add(name);
            }
        }

        foreach ((string name, _) in before?.Fields ?? [])
        {
            changed += !Fields.ContainsKey(name) && IsOurs(name, document[name]) && document.Remove(name) ? 1 : 0;
        }

        return changed;

        bool IsOurs(string name, JsonNode? there) =>
            before is not null && before.Fields.TryGetPropertyValue(name, out JsonNode? was) && JsonNode.DeepEquals(was, there);
    }

    /// <summary>The type that the dataset gets; null if it stays as it is.</summary>
    public string? TypeInsteadOf(string type, SeriesMetadata? before) =>
        Type != type && (type == NoType || type == before?.Type) ? Type : null;

    /// <summary>The title that the dataset gets; null if it stays as it is.</summary>
    public string? TitleInsteadOf(string? title, SeriesMetadata? before) =>
        Title != title && (string.IsNullOrEmpty(title) || title == before?.Title) ? Title : null;

    private static SeriesMetadata Read(JsonObject document, FrameHeader header)
    {
        var start = document["start"] as JsonObject;
        var user = start?["user_data"] as JsonObject;
        var nexus = document["nexus"] as JsonObject;
        string? sample = Line(nexus?.At($"{new NexusGroups(nexus).Sample}/name")) ?? Line(user?["sample"]) ?? Line(user?["sample_name"]);
        double? increment = header.ScanIncrementDegrees is { } degrees && degrees != 0 ? degrees : null;

        var fields = new JsonObject();
        Add(fields, "sample", sample);
        Add(fields, "collected", Line(nexus?["start_time"]) ?? Line(start?["series_date"]) ?? Line(start?["arm_date"]));
        Add(fields, "detector", Line(document["description"]));
        Add(fields, "detector_number", Line(document["detector_number"]));
        Add(fields, "sensor_material", Line(header.SensorMaterial));
        AddQuantity(fields, "sensor_thickness", "µm", header.SensorThicknessMetres * 1e6);
        AddQuantity(fields, "image_size", "pixel", header.Columns, header.Rows);
        AddQuantity(fields, "pixel_size", "µm", header.PixelSizeXMetres * 1e6, header.PixelSizeYMetres * 1e6);
        AddQuantity(fields, "wavelength", "Å", header.WavelengthAngstrom);
        AddQuantity(fields, "energy", "eV", Energy(document, header));
        AddQuantity(fields, "detector_distance", "mm", header.DistanceMetres * 1e3);
        AddQuantity(fields, "beam_center", "pixel", header.BeamCenterX, header.BeamCenterY);
        Add(fields, "images", header.Images);
        AddQuantity(fields, "exposure", "s", header.CountTimeSeconds);
        AddQuantity(fields, "image_interval", "s", header.FrameTimeSeconds);
        if (header.ScanStartDegrees is { } from && Line(document.At("hutch/scan/axis")) is { } axis)
        {
            fields["scan_axis"] = axis;
            AddQuantity(fields, "scan_start", "°", from);
            AddQuantity(fields, "oscillation", "°", header.ScanIncrementDegrees);
        }

        if (header.Grid is { } grid)
        {
            fields["grid"] = new JsonObject { ["rows"] = grid.Rows, ["columns"] = grid.Columns };
        }

        string? type = header.Grid is not null ? GridScan : increment is not null ? Rotation : null;
        // Parsed again, so that it is equal to what a server gives back.
        string title = TitleOf(sample, increment, (document.At("hutch/scan/sweeps") as JsonArray)?.Count, header);
        return new SeriesMetadata(type, title, JsonNode.Parse(fields.ToJsonString())!.AsObject());
    }

    private static string TitleOf(string? sample, double? increment, int? sweepCount, FrameHeader header)
    {
        string sweeps = sweepCount is { } several ? string.Create(CultureInfo.InvariantCulture, $" in {several} sweeps") : "";
        string images = header.Images is { } count ? string.Create(CultureInfo.InvariantCulture, $"{count} images") : "images";
        string what = header.Grid is { } grid ? string.Create(CultureInfo.InvariantCulture, $"grid scan, {grid.Rows} × {grid.Columns}")
            : increment is { } degrees ? string.Create(CultureInfo.InvariantCulture, $"rotation, {images} of {Tidy(degrees)}°{sweeps}")
            : images;
        if (header.WavelengthAngstrom is { } wavelength)
        {
            what += string.Create(CultureInfo.InvariantCulture, $", {Tidy(wavelength)} Å");
        }

        return sample is null ? char.ToUpperInvariant(what[0]) + what[1..] : $"{sample}: {what}";
    }

    private static double? Energy(JsonObject document, FrameHeader header) => header.WavelengthAngstrom is > 0 and { } wavelength
        ? PhotonEnergy.OfWavelength(wavelength)
        : NexusTree.Real(document["photon_energy"]);

    private static void Add(JsonObject fields, string name, JsonNode? value)
    {
        if (value is not null)
        {
            fields[name] = value;
        }
    }

    private static void AddQuantity(JsonObject fields, string name, string unit, params ReadOnlySpan<double?> values)
    {
        var numbers = new JsonArray();
        foreach (double? value in values)
        {
            if (value is not { } number || !double.IsFinite(number))
            {
                return;
            }

            numbers.Add((JsonNode?)Tidy(number));
        }

        fields[name] = new JsonObject { ["value"] = values.Length == 1 ? numbers[0]!.DeepClone() : numbers, ["unit"] = unit };
    }

    /// <summary>A number without the noise of its last binary digits.</summary>
    private static double Tidy(double number) =>
        double.Parse(number.ToString("G" + SignificantDigits, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string? Line(JsonNode? node) => Line(NexusTree.Text(node));

    /// <summary>Text as one line; null if nothing is left of it.</summary>
    private static string? Line(string? text)
    {
        string line = new string([.. (text ?? "").Select(static c => char.IsControl(c) ? ' ' : c)]).Trim();
        if (line.Length > MaxTextCharacters)
        {
            line = line[..(char.IsHighSurrogate(line[MaxTextCharacters - 1]) ? MaxTextCharacters - 1 : MaxTextCharacters)];
        }

        return line.Length == 0 ? null : line;
    }
}
