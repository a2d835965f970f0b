using Hutch.Model.Units;

namespace Hutch.Detectors.Cbf;

/// <summary>
/// The numbers in the text of one CBF file, in the units of a header: those in comments, such as <c>Wavelength 0.68937 A</c> (DECTRIS, "CBF
/// header specification" 1.5), and without these those of imgCIF. A value whose unit is unknown is left out and noted.
/// </summary>
internal sealed class CbfValues
{
    // The comments need not name the rotation axis.
    private const string UsualAxis = "omega";

    private const double SameDistanceWithin = 1e-3;

    private static readonly string[] Axes = [UsualAxis, "phi", "kappa", "chi", "theta"];

    private static readonly char[] Separators = [' ', '\t', ':', '=', '(', ')', ','];

    private readonly string _file;
    private readonly string[][] _lines;
    private readonly List<string> _notes = [];

    /// <param name="file">The name of the file, for notes.</param>
    public CbfValues(string file, CbfText text)
    {
        _file = file;
        _lines = [.. text.Comments.Select(static line => line.Split(Separators, StringSplitOptions.RemoveEmptyEntries))];
        var cif = new CifText(text.All);
        ReadComments();
        ReadSensor();
        ReadScan();
        Take("wavelength", cif.First("_diffrn_radiation_wavelength.wavelength"));
        Take("count_time", cif.First("_diffrn_scan_frame.integration_time"));
        Take("x_pixel_size", cif.First("_array_element_size.size"));
        Take("y_pixel_size", cif["_array_element_size.size"] is [_, var second, ..] ? CifText.Number(second) : null);
        Take("saturation_value", cif.First("_array_intensities.overload"));
        ReadScan(cif);
        ReadDetector(cif);
    }

    /// <summary>The values by their names in a header.</summary>
    public Dictionary<string, double> Values { get; } = [];

    public IReadOnlyList<string> Notes => _notes;

    public string? SensorMaterial { get; private set; }

    public string? Description { get; private set; }

    /// <summary>The name of the rotation axis.</summary>
    public string Axis { get; private set; } = UsualAxis;

    /// <summary>The angle of the axis at the start of the image, degrees; null if the file does not say it.</summary>
    public double? StartDegrees { get; private set; }

    public double? WidthDegrees { get; private set; }

    /// <summary>The location of the pixels, if the detector is turned against the beam.</summary>
    public DetectorPlane? Plane { get; private set; }

    private void ReadComments()
    {
        Take("wavelength", Number("Wavelength", 1, HeaderUnit.Angstrom));
        Take("detector_distance", Number("Detector_distance", 1, HeaderUnit.Metre));
        Take("count_time", Number("Exposure_time", 1, HeaderUnit.Second));
        Take("frame_time", Number("Exposure_period", 1, HeaderUnit.Second));

        // Pixel_size 172e-6 m x 172e-6 m
        Take("x_pixel_size", Number("Pixel_size", 1, HeaderUnit.Metre));
        Take("y_pixel_size", Number("Pixel_size", 4, HeaderUnit.Metre));
        Take("saturation_value", Plain("Count_cutoff", 1));

        // Beam_xy (1231.50, 1263.50) pixels
        if (Words("Beam_xy") is [_, _, _, ..] words)
        {
            string? unit = words.ElementAtOrDefault(3);
            Take("beam_center_x", Pixels(CifText.Number(words[1]), unit, "x_pixel_size"));
            Take("beam_center_y", Pixels(CifText.Number(words[2]), unit, "y_pixel_size"));
        }

        if (!Values.ContainsKey("wavelength") && Number("Energy", 1, HeaderUnit.ElectronVolt) is > 0 and { } energy)
        {
            Values["wavelength"] = PhotonEnergy.WavelengthOf(energy);
        }
    }

    // Silicon sensor, thickness 0.000320 m
    private void ReadSensor()
    {
        if (Array.Find(_lines, static line => line is [_, "sensor", "thickness", ..]) is { } sensor)
        {
            SensorMaterial = sensor[0] == "Silicon" ? "Si" : sensor[0];
            Take("sensor_thickness", Number(sensor[0], 3, HeaderUnit.Metre));
        }

        if (Array.Find(_lines, static line => line is ["Detector", _, ..]) is { } detector)
        {
            Description = string.Join(' ', detector[1..]);
        }
    }

    private void ReadScan()
    {
        string? named = Words("Oscillation_axis") is [_, var word, ..]
            ? Array.Find(Axes, axis => axis.Equals(word, StringComparison.OrdinalIgnoreCase))
            : null;
        string[] turning = [.. Axes.Where(axis => Number(Keyword(axis) + "_increment", 1, HeaderUnit.Degree) is { } width && width != 0)];
        Axis = named ?? (turning.Length == 1 ? turning[0] : UsualAxis);
        StartDegrees = Number("Start_angle", 1, HeaderUnit.Degree) ?? Number(Keyword(Axis), 1, HeaderUnit.Degree);
        WidthDegrees = Number("Angle_increment", 1, HeaderUnit.Degree) ?? Number(Keyword(Axis) + "_increment", 1, HeaderUnit.Degree);
    }

    /// <summary>Reads the axis that turns during a frame of an imgCIF scan, in degrees.</summary>
    private void ReadScan(CifText cif)
    {
        IReadOnlyList<string> axes = cif["_diffrn_scan_axis.axis_id"], widths = cif["_diffrn_scan_axis.angle_increment"];
        for (int row = 0; StartDegrees is null && row < Math.Min(axes.Count, widths.Count); row++)
        {
            if (CifText.Number(widths[row]) is { } width && width != 0)
            {
                int frame = cif["_diffrn_scan_frame_axis.axis_id"].ToList().IndexOf(axes[row]);
                StartDegrees = CifText.Number(cif["_diffrn_scan_frame_axis.angle"].ElementAtOrDefault(frame))
                    ?? CifText.Number(cif["_diffrn_scan_axis.angle_start"].ElementAtOrDefault(row));
                WidthDegrees = width;
                Axis = Array.Find(Axes, axis => axes[row].EndsWith(axis, StringComparison.OrdinalIgnoreCase)) ?? UsualAxis;
            }
        }
    }

    /// <summary>
    /// Reads the location of the detector: from the axes of imgCIF, as dxtbx and CBFlib do, else from the comments. Beamlines write the
    /// comments by hand.
    /// </summary>
    private void ReadDetector(CifText cif)
    {
        double? said = Values.TryGetValue("detector_distance", out double written) ? written : null;
        if (CifDetector.Find(cif, out string? why) is { } plane)
        {
            if (said is { } comment && Math.Abs(comment - plane.Distance) > SameDistanceWithin * plane.Distance)
            {
                _notes.Add(
                    $"{_file} has a detector distance of {Millimetres(comment)} in its comments, and of {Millimetres(plane.Distance)} "
                    + "by its axes. That by its axes is taken.");
            }

            Values["detector_distance"] = plane.Distance;
            Values.Remove("beam_center_x");
            Values.Remove("beam_center_y");
            Plane = plane.IsTurned ? plane : null;
            if (plane.BeamCentre is var (x, y))
            {
                (Values["beam_center_x"], Values["beam_center_y"]) = (x, y);
            }

            return;
        }

        if (said is null && why is not null)
        {
            _notes.Add($"The detector distance of {_file} is left out: {why}.");
        }

        if (Number("Detector_2theta", 1, HeaderUnit.Degree) is { } twoTheta && twoTheta != 0)
        {
            // The beam meets a turned detector elsewhere, and the comments do not say round which axis it is turned.
            Values.Remove("beam_center_x");
            Values.Remove("beam_center_y");
            string angle = twoTheta.ToString(CultureInfo.InvariantCulture);
            _notes.Add($"The detector of {_file} is turned by {angle}°: its beam centre is left out.");
        }
    }

    private static string Millimetres(double metres) => string.Create(CultureInfo.InvariantCulture, $"{metres * 1e3:0.###} mm");

    private static string Keyword(string axis) => char.ToUpperInvariant(axis[0]) + axis[1..];

    private string[]? Words(string keyword) => Array.Find(_lines, line => line is [{ } first, ..] && first == keyword);

    private double? Plain(string keyword, int at) => CifText.Number(Words(keyword)?.ElementAtOrDefault(at));

    private double? Number(string keyword, int at, Unit unit)
    {
        if (Plain(keyword, at) is not { } value)
        {
            return null;
        }

        string? written = Words(keyword)!.ElementAtOrDefault(at + 1)?.TrimEnd('.');
        double? number = unit.Read(value, written);
        if (number is null)
        {
            _notes.Add(HeaderUnit.Unknown(keyword, _file, written));
        }

        return number;
    }

    private double? Pixels(double? value, string? unit, string pixelSize)
    {
        if (value is not { } number)
        {
            return null;
        }

        double? pixels = HeaderUnit.Pixel.Read(number, unit)
            ?? (Values.TryGetValue(pixelSize, out double size) && size > 0 ? HeaderUnit.Metre.Read(number, unit) / size : null);
        if (pixels is null)
        {
            _notes.Add(HeaderUnit.Unknown("Beam_xy", _file, unit));
        }

        return pixels;
    }

    private void Take(string name, double? value)
    {
        if (value is { } number)
        {
            Values.TryAdd(name, number);
        }
    }
}
