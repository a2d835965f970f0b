namespace Hutch.Detectors.Cbf;

/// <summary>
/// The location of the pixels of an imgCIF file, from its loops of axes: each axis turns or moves what depends on it (International Tables
/// for Crystallography G, chapter 3.7). Lengths are in millimetres, angles in degrees. The frame of imgCIF has Z from the sample to the
/// source.
/// </summary>
internal sealed class CifDetector
{
    private const int MaxAxes = 64;
    private const double Millimetre = 1e-3;

    private readonly CifText _cif;
    private readonly Dictionary<string, Axis> _axes = new(StringComparer.Ordinal);

    private CifDetector(CifText cif) => _cif = cif;

    /// <summary>Finds the pixels; null if the file says nothing about them, or not enough.</summary>
    /// <param name="why">Why the location is unknown although the file has axes; null otherwise.</param>
    public static DetectorPlane? Find(CifText cif, out string? why)
    {
        why = null;
        if (cif["_axis.id"].Count == 0 || cif["_array_structure_list_axis.axis_id"].Count == 0)
        {
            return null;
        }

        try
        {
            DetectorPlane plane = new CifDetector(cif).Read();
            why = plane.IsPossible ? null : "its axes lead to no place of a detector";
            return plane.IsPossible ? plane : null;
        }
        catch (UnknownAxisException e)
        {
            why = e.Message;
            return null;
        }
    }

    private DetectorPlane Read()
    {
        ReadAxes();
        if (_cif["_array_structure_list.array_id"].Distinct(StringComparer.Ordinal).Count() > 1)
        {
            throw new UnknownAxisException("it has several arrays of pixels");
        }

        // The first index in the file is the one of precedence 1: the next number in memory is its next pixel.
        (PixelStep[] fast, PixelStep[] slow) = (Steps("1"), Steps("2"));
        List<Axis> chain = Chain(fast, slow);
        Vector Pixel(int column, int row)
        {
            Vector position = default;
            foreach (Axis axis in chain)
            {
                double setting = SettingOf(axis, fast, column) ?? SettingOf(axis, slow, row) ?? FrameSetting(axis);
                position = axis.Place(position, setting);
            }

            // The frame of a header has z along the beam.
            return Millimetre * new Vector(-position.X, position.Y, -position.Z);
        }

        Vector origin = Pixel(0, 0);
        return new DetectorPlane(origin, Pixel(1, 0) - origin, Pixel(0, 1) - origin);
    }

    private void ReadAxes()
    {
        IReadOnlyList<string> names = _cif["_axis.id"];
        for (int row = 0; row < Math.Min(names.Count, MaxAxes); row++)
        {
            string Text(string tag) => _cif["_axis." + tag].ElementAtOrDefault(row) ?? ".";
            Vector Triple(string tag) =>
                new(CifText.Number(Text(tag + "[1]")) ?? 0, CifText.Number(Text(tag + "[2]")) ?? 0, CifText.Number(Text(tag + "[3]")) ?? 0);
            Vector vector = Triple("vector");
            bool isKnown = vector.Length > 0 && CifText.Number(Text("rotation")) is null or 0;
            _axes[names[row]] = new Axis(
                names[row],
                isKnown ? Text("type").ToLowerInvariant() : "",
                Text("depends_on"),
                vector.Length > 0 ? 1 / vector.Length * vector : vector,
                Triple("offset"));
        }
    }

    /// <summary>Returns how the axes of an index of the pixels move from pixel to pixel.</summary>
    private PixelStep[] Steps(string precedence)
    {
        int index = _cif["_array_structure_list.precedence"].ToList().IndexOf(precedence);
        string set = _cif["_array_structure_list.axis_set_id"].ElementAtOrDefault(index)
            ?? throw new UnknownAxisException($"it names no axes for the index of precedence {precedence}");
        string Text(string tag, int row) => _cif["_array_structure_list_axis." + tag].ElementAtOrDefault(row) ?? ".";
        IReadOnlyList<string> axes = _cif["_array_structure_list_axis.axis_id"];

        // A set of one axis may have its name only.
        PixelStep[] steps =
        [
            .. Enumerable.Range(0, axes.Count).Where(row => (Text("axis_set_id", row) is "." ? axes[row] : Text("axis_set_id", row)) == set)
                .Select(row => new PixelStep(
                    axes[row],
                    CifText.Number(Text("displacement", row)) ?? 0,
                    CifText.Number(Text("angle_increment", row)) is null or 0 && CifText.Number(Text("angle", row)) is null or 0
                        ? CifText.Number(Text("displacement_increment", row)) ?? double.NaN
                        : double.NaN)),
        ];
        return steps.Length == 0 || Array.Exists(steps, static step => double.IsNaN(step.Increment))
            ? throw new UnknownAxisException($"it gives no step in millimetres for the pixels of the index of precedence {precedence}")
            : steps;
    }

    /// <summary>Returns the axes from that of the pixels, on which no other depends, to the last.</summary>
    private List<Axis> Chain(PixelStep[] fast, PixelStep[] slow)
    {
        string[] ofPixels = [.. fast.Concat(slow).Select(static step => step.Axis).Distinct(StringComparer.Ordinal)];
        foreach (string first in ofPixels)
        {
            var chain = new List<Axis>();
            for (string name = first; name is not ("." or "?"); name = chain[^1].DependsOn)
            {
                if (chain.Count == MaxAxes || !_axes.TryGetValue(name, out Axis? axis) || axis.Type is not ("rotation" or "translation"))
                {
                    throw new UnknownAxisException($"its axis {Display.Quote(name)} is missing, in a circle, or neither turns nor moves");
                }

                chain.Add(axis);
            }

            if (Array.TrueForAll(ofPixels, name => chain.Exists(axis => axis.Name == name)))
            {
                return chain;
            }
        }

        throw new UnknownAxisException("the axes of its pixels do not depend on each other");
    }

    private static double? SettingOf(Axis axis, PixelStep[] steps, int pixel) =>
        Array.Find(steps, step => step.Axis == axis.Name) is { } step ? step.Start + (pixel * step.Increment) : null;

    /// <summary>Returns where an axis is while the image is taken.</summary>
    private double FrameSetting(Axis axis)
    {
        string what = axis.IsRotation ? "angle" : "displacement";
        int[] rows = RowsOf("_diffrn_scan_frame_axis", axis);
        if (rows.Length > 1 && _cif["_diffrn_data_frame.id"] is [var frame, ..])
        {
            rows = [.. rows.Where(row => _cif["_diffrn_scan_frame_axis.frame_id"].ElementAtOrDefault(row) == frame)];
        }

        double[] settings = [.. rows.Select(row => Number("_diffrn_scan_frame_axis", what, row)).Distinct()];
        if (settings.Length == 0)
        {
            // Where the axis is in the whole scan, if it stays there.
            settings =
            [
                .. RowsOf("_diffrn_scan_axis", axis)
                    .Where(row => Number("_diffrn_scan_axis", what + "_increment", row) == 0
                        && Number("_diffrn_scan_axis", what + "_range", row) == 0)
                    .Select(row => Number("_diffrn_scan_axis", what + "_start", row)).Distinct(),
            ];
        }

        return settings is [var setting] && double.IsFinite(setting)
            ? setting
            : throw new UnknownAxisException($"it does not say where its axis {Display.Quote(axis.Name)} is during the image");
    }

    private int[] RowsOf(string category, Axis axis)
    {
        IReadOnlyList<string> names = _cif[category + ".axis_id"];
        return [.. Enumerable.Range(0, names.Count).Where(row => names[row] == axis.Name)];
    }

    private double Number(string category, string tag, int row) =>
        CifText.Number(_cif[$"{category}.{tag}"].ElementAtOrDefault(row)) ?? double.NaN;

    private sealed record Axis(string Name, string Type, string DependsOn, Vector Way, Vector Offset)
    {
        public bool IsRotation => Type == "rotation";

        public Vector Place(Vector position, double setting) =>
            (IsRotation ? position.Turned(Way, setting) : position + (setting * Way)) + Offset;
    }

    /// <param name="Start">The setting of the axis at the first pixel, mm.</param>
    private sealed record PixelStep(string Axis, double Start, double Increment);

    private sealed class UnknownAxisException(string message) : Exception(message);
}
