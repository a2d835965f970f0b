namespace Hutch.Formats.NxMx;

/// <summary>
/// The numbers of a master that have a unit, in the units of the header. A value whose unit is unknown is left out and noted: its bare
/// number would be a wrong one. Values that differ from image to image are kept apart.
/// </summary>
internal sealed class HeaderQuantities
{
    /// <summary>Values that differ less are one value: encoders and clocks have noise.</summary>
    private const double SameWithin = 1e-6;

    // The first path whose unit is known counts. DECTRIS's configuration and NXmx share names; where they differ, NXmx's follow.
    private static readonly (string Name, Unit Unit, string[] Members)[] OfDetector =
    [
        ("detector_distance", HeaderUnit.Metre, ["detector_distance", "distance"]),
        ("x_pixel_size", HeaderUnit.Metre, ["x_pixel_size"]),
        ("y_pixel_size", HeaderUnit.Metre, ["y_pixel_size"]),
        ("sensor_thickness", HeaderUnit.Metre, ["sensor_thickness"]),
        ("count_time", HeaderUnit.Second, ["count_time"]),
        ("frame_time", HeaderUnit.Second, ["frame_time"]),
    ];

    private static readonly string[] BeamCentre = ["beam_center_x", "beam_center_y"];

    // The header's units of other scalars, by dimension; those of other dimensions have the SI's.
    private static readonly Unit[] Units =
        [HeaderUnit.Metre, HeaderUnit.Second, HeaderUnit.Degree, HeaderUnit.ElectronVolt, HeaderUnit.Pixel];

    private static readonly string[] WordsForCounts = ["1", "count", "counts", "bit", "bits", "none", "dimensionless", "ADU"];

    private readonly SeriesDescription _series;
    private readonly List<string> _notes = [];

    private HeaderQuantities(SeriesDescription series) => _series = series;

    /// <summary>The values by their names in a header.</summary>
    public Dictionary<string, double> Values { get; } = [];

    /// <summary>Values that differ from image to image: one for each image, from the first.</summary>
    public Dictionary<string, double[]> PerImage { get; } = [];

    public IReadOnlyList<string> Notes => _notes;

    public static HeaderQuantities Read(SeriesDescription series)
    {
        var quantities = new HeaderQuantities(series);
        var groups = new NexusGroups(series.Nexus);
        quantities.Read("wavelength", HeaderUnit.Angstrom, groups.Beams.Select(static beam => beam + "/incident_wavelength"));
        foreach ((string name, Unit unit, string[] members) in OfDetector)
        {
            quantities.Read(name, unit, members.Select(member => $"{groups.Detector}/{member}"));
        }

        quantities.ReadBeamCentre(groups.Detector);
        quantities.ReadScalars(groups.DetectorGroup);
        quantities.ReadScalars(groups.DetectorSpecific);
        return quantities;
    }

    /// <summary>Returns true for a scalar that a header may copy as it is: one without a unit.</summary>
    public static bool IsPlain(JsonObject group, string name) =>
        NexusTree.Real(group[name]) is null || UnitOf(group, name) is not { } unit
        || WordsForCounts.Contains(unit, StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns true for numbers that differ by noise at most.</summary>
    public static bool IsSame(double number, double other) => Math.Abs(number - other) <= SameWithin * Math.Abs(other);

    /// <summary>Returns the note about a value that differs from image to image.</summary>
    public static string Differs(string name, string file, double[] values) => string.Create(
        CultureInfo.InvariantCulture,
        $"{name} differs from image to image of {file}, from {values.Min():G6} to {values.Max():G6}: the header has it for each image.");

    private static bool IsNamed(string name) =>
        name is "distance" || BeamCentre.Contains(name) || Array.Exists(OfDetector, one => one.Name == name);

    private static string? UnitOf(JsonObject group, string name) =>
        NexusTree.Text(group[name + "@units"]) is { } unit && !string.IsNullOrWhiteSpace(unit) ? unit.Trim() : null;

    private void Read(string name, Unit unit, IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            if (_series.Nexus.At(path) is not { } node)
            {
                continue;
            }

            string? written = NexusTree.Text(_series.Nexus.At(path + "@units"));
            if (unit.Conversion(written) is not { } convert)
            {
                _notes.Add(HeaderUnit.Unknown(path, _series.Master, written));
            }
            else if (Add(name, path, node, convert))
            {
                if (string.IsNullOrWhiteSpace(written))
                {
                    _notes.Add($"{path} of {_series.Master} has no unit: it is read in {unit}.");
                }

                return;
            }
        }
    }

    /// <summary>Takes one number, or one for each image.</summary>
    private bool Add(string name, string path, JsonNode node, Func<double, double> convert)
    {
        if (NexusTree.Real(node) is { } only)
        {
            Values[name] = convert(only);
            return true;
        }

        if (node is not JsonArray { Count: > 1 } list || !list.All(static item => NexusTree.Real(item) is not null))
        {
            return false;
        }

        double[] numbers = [.. list.Select(item => convert(NexusTree.Real(item)!.Value))];
        if (Array.TrueForAll(numbers, number => IsSame(number, numbers[0])))
        {
            Values[name] = numbers[0];
            return true;
        }

        if (numbers.Length < _series.Images || _series.Nexus.At(path + "_weights") is not null)
        {
            _notes.Add($"{path} of {_series.Master} has {numbers.Length} values and none for each image: it is left out.");
            return true;
        }

        int first = numbers.Length > _series.Images ? Math.Min(_series.FirstImage - 1, numbers.Length - _series.Images) : 0;
        PerImage[name] = numbers[first..(first + _series.Images)];
        _notes.Add(Differs(name, _series.Master, PerImage[name]));
        return true;
    }

    /// <summary>Reads the beam centre in pixels. NXdetector calls it a length, and files have either.</summary>
    private void ReadBeamCentre(string detector)
    {
        foreach (string name in BeamCentre)
        {
            string path = $"{detector}/{name}";
            if (_series.Nexus.At(path) is not { } node)
            {
                continue;
            }

            string? written = NexusTree.Text(_series.Nexus.At(path + "@units"));
            if (HeaderUnit.Pixel.Conversion(written) is { } toPixels)
            {
                Add(name, path, node, toPixels);
            }
            else if (HeaderUnit.Metre.Conversion(written) is { } toMetres
                && Values.TryGetValue($"{name[^1]}_pixel_size", out double pixel) && pixel > 0)
            {
                // Noise of the division would be below the nanometre.
                Add(name, path, node, value => Math.Round(toMetres(value) / pixel, 9));
            }
            else
            {
                _notes.Add(HeaderUnit.Unknown(path, _series.Master, written));
            }
        }
    }

    private void ReadScalars(JsonObject? group)
    {
        foreach ((string name, JsonNode? value) in group ?? [])
        {
            if (name.Contains('@', StringComparison.Ordinal) || IsNamed(name) || Values.ContainsKey(name) || IsPlain(group!, name)
                || value is not JsonValue)
            {
                continue;
            }

            string written = UnitOf(group!, name)!;
            Unit? known = UnitTable.Find(written);
            if (known is null)
            {
                _notes.Add(HeaderUnit.Unknown(name, _series.Master, written));
                continue;
            }

            double number = NexusTree.Real(value)!.Value;
            Values[name] = Array.Find(Units, unit => unit.Dimension == known.Dimension)?.From(number, known) ?? known.ToSi(number);
        }
    }
}
