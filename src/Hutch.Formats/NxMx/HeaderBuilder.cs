using Hutch.Formats.Frames;

namespace Hutch.Formats.NxMx;

/// <summary>
/// Makes the <c>header</c> document of a series: the detector's configuration under its own names at top level and in SI units (wavelength
/// in Å), what the frames are under <c>hutch</c>, all the rest of the master under <c>nexus</c>.
/// </summary>
internal static class HeaderBuilder
{
    private const string Saturation = "saturation_value";

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
        var groups = new NexusGroups(nexus);
        CopyScalars(groups.DetectorGroup, header);
        CopyScalars(groups.DetectorSpecific, header);
        CopySaturation(groups, header);
        AddQuantities(HeaderQuantities.Read(series), document);
        document.AddShape();
        if (ScanAxis.Find(series) is { } axis)
        {
            document.AddScan(axis);
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
            if (!name.Contains('@', StringComparison.Ordinal) && value is JsonValue && !header.ContainsKey(name)
                && HeaderQuantities.IsPlain(group!, name))
            {
                header[name] = value.DeepClone();
            }
        }
    }

    private static void AddQuantities(HeaderQuantities quantities, HeaderDocument document)
    {
        foreach (string name in quantities.LeftOut)
        {
            document.Root.Remove(name);
        }

        foreach ((string name, double value) in quantities.Values)
        {
            document.Root[name] = value;
        }

        document.AddPerImage(quantities.PerImage);
    }

    // The value may be in a list of one. Old firmware has only the limit of its correction of the count rate, some of each module.
    private static void CopySaturation(NexusGroups groups, JsonObject header)
    {
        const string Cutoff = "countrate_correction_count_cutoff";
        if (NexusTree.Real(groups.DetectorGroup?[Saturation]) is { } value)
        {
            header[Saturation] = value;
        }
        else if (!header.ContainsKey(Cutoff)
            && (groups.DetectorSpecific ?? [])
                .Select(static module => NexusTree.Real((module.Value as JsonObject)?[Cutoff])).Min() is { } lowest)
        {
            header[Cutoff] = lowest;
        }
    }
}
