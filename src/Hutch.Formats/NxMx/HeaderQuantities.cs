namespace Hutch.Formats.NxMx;

/// <summary>
/// The numbers of a master that have a unit, in the units of the header. A value whose unit is unknown is left out and noted: its bare
/// number would be a wrong one. Values that differ from image to image are kept apart.
/// </summary>
internal sealed class HeaderQuantities
{
    /// <summary>Values that differ less are one value: encoders and clocks have noise.</summary>
    private const double SameWithin = 1e-6;

    private const string Distance = "detector_distance";
    private const string Wavelength = "wavelength";
    private const double LargestPixel = 0.01;
    private const double LargestThickness = 0.05;
    private const double LargestWavelength = 1000;
    private const double SmallestWavelength = 1e-4;

    /// <summary>Two places that differ by a smaller share agree: fields are rounded.</summary>
    private const double Agrees = 1e-3;
    private const double PixelsAgree = 0.1;

    // The first path whose unit is known counts. DECTRIS's configuration and NXmx share names; where they differ, NXmx's follow.
    // Without a unit, a larger number is one of millimetres or micrometres.
    private static readonly (string Name, Unit Unit, string[] Members, double Largest)[] OfDetector =
    [
        (Distance, HeaderUnit.Metre, [Distance, "distance"], HeaderUnit.LargestDistance),
        ("x_pixel_size", HeaderUnit.Metre, ["x_pixel_size"], LargestPixel),
        ("y_pixel_size", HeaderUnit.Metre, ["y_pixel_size"], LargestPixel),
        ("sensor_thickness", HeaderUnit.Metre, ["sensor_thickness"], LargestThickness),
        ("count_time", HeaderUnit.Second, ["count_time"], double.MaxValue),
        ("frame_time", HeaderUnit.Second, ["frame_time"], double.MaxValue),
    ];

    private static readonly string[] BeamCentre = ["beam_center_x", "beam_center_y"];

    // The header's units of other scalars, by dimension; those of other dimensions have the SI's.
    private static readonly Unit[] Units =
        [HeaderUnit.Metre, HeaderUnit.Second, HeaderUnit.Degree, HeaderUnit.ElectronVolt, HeaderUnit.Pixel];

    private static readonly string[] WordsForCounts = ["1", "count", "counts", "bit", "bits", "none", "dimensionless", "ADU"];

    private readonly SeriesDescription _series;
    private readonly List<string> _notes = [];
    private readonly HashSet<string> _leftOut = [];

    private HeaderQuantities(SeriesDescription series) => _series = series;

    /// <summary>The values by their names in a header.</summary>
    public Dictionary<string, double> Values { get; } = [];

    /// <summary>Values that differ from image to image: one for each image, from the first.</summary>
    public Dictionary<string, double[]> PerImage { get; } = [];

    /// <summary>Names whose bare numbers would be wrong ones.</summary>
    public IReadOnlyCollection<string> LeftOut => _leftOut;

    public IReadOnlyList<string> Notes => _notes;

    public static HeaderQuantities Read(SeriesDescription series)
    {
        var quantities = new HeaderQuantities(series);
        var groups = new NexusGroups(series.Nexus);
        quantities.Read(
            Wavelength,
            HeaderUnit.Angstrom,
            [.. groups.Beams.Select(static beam => beam + "/incident_wavelength"), groups.Instrument + "/monochromator/wavelength"],
            LargestWavelength,
            SmallestWavelength);
        quantities.ReadEnergy(groups);
        foreach ((string name, Unit unit, string[] members, double largest) in OfDetector)
        {
            quantities.Read(name, unit, members.Select(member => $"{groups.Detector}/{member}"), largest);
        }

        quantities.ReadBeamCentre(groups.Detector);
        quantities.ReadChain(groups);
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

    private void Read(string name, Unit unit, IEnumerable<string> paths, double largest, double smallest = 0)
    {
        bool isRead = false;
        foreach (string path in paths)
        {
            if (_series.Nexus.At(path) is not { } node)
            {
                continue;
            }

            string? written = NexusTree.Text(_series.Nexus.At(path + "@units"));
            Func<double, double>? convert = unit.Conversion(written);
            if (isRead)
            {
                Compare(name, unit, path, convert);
            }
            else if (convert is null)
            {
                _notes.Add(HeaderUnit.Unknown(path, _series.Master, written));
            }
            else if (NumbersOf(node).FirstOrDefault(value => !HeaderUnit.CanBe(value, written, largest, smallest)) is var wrong and not 0)
            {
                _leftOut.Add(name);
                _notes.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path} of {_series.Master} is left out: it has no unit, and {wrong:G6} {unit} cannot be."));
            }
            else if (Add(name, path, node, convert))
            {
                if (string.IsNullOrWhiteSpace(written))
                {
                    _notes.Add($"{path} of {_series.Master} has no unit: it is read in {unit}.");
                }

                isRead = true;
            }
        }
    }

    /// <summary>Notes that another place of the file has another value.</summary>
    private void Compare(string name, Unit unit, string path, Func<double, double>? convert)
    {
        if (convert is not null && Values.TryGetValue(name, out double value) && NexusTree.Real(_series.Nexus.At(path)) is { } number
            && convert(number) is var other && Math.Abs(other - value) > Agrees * Math.Abs(value))
        {
            _notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{name} of {_series.Master} is {value:G6} {unit}, and {other:G6} by {path}: the first counts."));
        }
    }

    private static IEnumerable<double> NumbersOf(JsonNode node) => NexusTree.Real(node) is { } only ? [only]
        : node is JsonArray list ? list.Select(NexusTree.Real).OfType<double>()
        : [];

    /// <summary>Reads the wavelength from the energy of the photons, where the file has no other.</summary>
    private void ReadEnergy(NexusGroups groups)
    {
        string[] paths = [.. groups.Beams.Select(static beam => beam + "/incident_energy"), groups.Instrument + "/monochromator/energy"];
        foreach (string path in paths)
        {
            double[] energies = _series.Nexus.At(path) is { } node ? [.. NumbersOf(node)] : [];
            if (energies.Length == 0 || !Array.TrueForAll(energies, static energy => energy > 0))
            {
                continue;
            }

            string? written = NexusTree.Text(_series.Nexus.At(path + "@units"));
            Func<double, double>? toEnergy = string.IsNullOrWhiteSpace(written) ? null : HeaderUnit.ElectronVolt.Conversion(written);
            Func<double, double>? convert = toEnergy is null ? null : energy => PhotonEnergy.WavelengthOf(toEnergy(energy));
            if (IsRead(Wavelength))
            {
                Compare(Wavelength, HeaderUnit.Angstrom, path, convert);
            }
            else if (convert is null)
            {
                _notes.Add(HeaderUnit.Unknown(path, _series.Master, written));
            }
            else if (Add(Wavelength, path, _series.Nexus.At(path)!, convert) && IsRead(Wavelength))
            {
                _notes.Add($"{_series.Master} has no wavelength: it is computed from {path}.");
            }
        }
    }

    private bool IsRead(string name) => Values.ContainsKey(name) || PerImage.ContainsKey(name);

    /// <summary>
    /// Reads distance and beam centre through the chains of transformations, which count over the fields beside them
    /// (https://github.com/nexusformat/definitions/pull/682). The header of a turned detector has its plane as well.
    /// </summary>
    private void ReadChain(NexusGroups groups)
    {
        if (DetectorPlane.Find(_series.Nexus, _series.EntryPath) is { } plane)
        {
            Prefer(Distance, plane.Distance, Agrees * plane.Distance, "m");
            Prefer("x_pixel_size", plane.Fast.Length, Agrees * plane.Fast.Length, "m");
            Prefer("y_pixel_size", plane.Slow.Length, Agrees * plane.Slow.Length, "m");

            // A module without an offset says nothing about the beam: its fields count.
            if (plane is { IsTurned: false, BeamCentre: var (x, y) } && (plane.Origin.X != 0 || plane.Origin.Y != 0))
            {
                Prefer(BeamCentre[0], x, PixelsAgree, "pixels");
                Prefer(BeamCentre[1], y, PixelsAgree, "pixels");
            }

            return;
        }

        string? first = NexusTree.Text(groups.DetectorGroup?["depends_on"]);
        List<NexusTransformation> chain = NexusTransformation.Chain(_series.Nexus, _series.EntryPath, first, groups.Detector);
        if (chain is [.., { IsLast: true }] && chain.TrueForAll(static step => step is { IsKnown: true, IsTurn: false }))
        {
            Vector position = default;
            chain.ForEach(step => position = step.Place(position));
            if (Math.Abs(position.Z) is > 0 and <= HeaderUnit.LargestDistance and var distance)
            {
                Prefer(Distance, distance, Agrees * distance, "m");
            }
        }
        else if (first is not (null or "" or ".") && !PerImage.ContainsKey(Distance))
        {
            _notes.Add($"The transformations of the detector of {_series.Master} cannot be followed: the fields beside them count.");
        }
    }

    private void Prefer(string name, double chain, double agrees, string unit)
    {
        if (PerImage.ContainsKey(name) || (Values.TryGetValue(name, out double field) && Math.Abs(field - chain) <= agrees))
        {
            return;
        }

        if (Values.ContainsKey(name))
        {
            _notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{name} of {_series.Master} is {field:G6} {unit}, and {chain:G6} by the chain of transformations, which counts."));
        }

        Values[name] = chain;
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
