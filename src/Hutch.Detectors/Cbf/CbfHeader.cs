namespace Hutch.Detectors.Cbf;

/// <summary>
/// The <c>header</c> document of a CBF series: the values of its files under DECTRIS's names, and the comments of the first one under
/// <c>cbf</c>. Values that differ from file to file are kept for each image.
/// </summary>
internal static class CbfHeader
{
    private static readonly string[] Geometry = ["detector_distance", "beam_center_x", "beam_center_y"];

    /// <param name="source">The name of the first file.</param>
    /// <param name="files">The values of the files, by the number of their image.</param>
    public static (byte[] Json, IReadOnlyList<string> Notes) Build(
        string source, CbfImage first, IReadOnlyList<(int Number, CbfValues Values)> files)
    {
        var series = new FrameHeader
        {
            Rows = first.Rows,
            Columns = first.Columns,
            Type = first.Type,
            Codec = first.Codec,
            Images = files.Count,
        };
        CbfValues values = files[0].Values;
        var notes = new List<string>(values.Notes);
        var document = new HeaderDocument(source, series, []);
        AddNumbers(document, source, files, notes);
        AddDetector(document, source, files, notes);
        AddText(document.Root, "sensor_material", values.SensorMaterial);
        AddText(document.Root, "description", values.Description);
        document.AddShape();
        if (ScanOf(files) is { } scan)
        {
            document.AddScan(scan);
            notes.AddRange(scan.Notes($"The series of {source}"));
        }

        document.Root["cbf"] = new JsonArray([.. first.Text.Comments.Select(static line => JsonValue.Create(line))]);
        return (document.ToBytes(), notes);
    }

    private static void AddNumbers(
        HeaderDocument document, string source, IReadOnlyList<(int Number, CbfValues Values)> files, List<string> notes)
    {
        var perImage = new Dictionary<string, double[]>();
        foreach ((string name, double value) in files[0].Values.Values)
        {
            double[] all = [.. files.Select(file => file.Values.Values.TryGetValue(name, out double its) ? its : double.NaN)];
            if (Array.TrueForAll(all, its => HeaderQuantities.IsSame(its, value)))
            {
                document.Root[name] = value;
            }
            else if (Array.Exists(all, double.IsNaN))
            {
                notes.Add($"Not all files of the series of {source} have a {name}: it is left out.");
            }
            else
            {
                perImage[name] = all;
                notes.Add(HeaderQuantities.Differs(name, $"the series of {source}", all));
            }
        }

        document.AddPerImage(perImage);
    }

    /// <summary>
    /// Adds the location of the pixels of a turned detector. Without that, its distance would count as that of a square one.
    /// </summary>
    private static void AddDetector(
        HeaderDocument document, string source, IReadOnlyList<(int Number, CbfValues Values)> files, List<string> notes)
    {
        DetectorPlane?[] planes = [.. files.Select(static file => file.Values.Plane).Distinct()];
        if (planes is [{ } plane])
        {
            document.AddDetector(plane);
            notes.Add(SeriesNotes.IsTurned($"the series of {source}", plane));
        }
        else if (planes.Length > 1)
        {
            foreach (string name in Geometry)
            {
                document.Root.Remove(name);
            }

            notes.Add($"The detector of the series of {source} is turned, and moves from file to file: its distance is left out.");
        }
    }

    private static ScanAxis? ScanOf(IReadOnlyList<(int Number, CbfValues Values)> files)
    {
        if (files.Any(static file => file.Values.StartDegrees is null))
        {
            return null;
        }

        double[] starts = [.. files.Select(static file => file.Values.StartDegrees!.Value)];
        double[] widths = [.. files.Select(static file => file.Values.WidthDegrees).OfType<double>()];
        return ScanAxis.Of(
            files[0].Values.Axis, starts, widths.Length == files.Count ? widths : null, [.. files.Select(static file => file.Number)]);
    }

    private static void AddText(JsonObject header, string name, string? text)
    {
        if (text is not null)
        {
            header[name] = text;
        }
    }
}
