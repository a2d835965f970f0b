namespace Hutch.Formats.Microscopy;

/// <summary>Collects the values of the XML of an image.</summary>
internal sealed class EpuImageValues : IXmlValues
{
    private const int MaxPairs = 1000;

    private readonly Dictionary<string, string> _values = [];
    private readonly Dictionary<string, string> _pairs = [];
    private string? _key;

    public string? Root { get; private set; }

    public void End(List<string> path, string text)
    {
        if (path.Count == 1)
        {
            Root = path[0];
        }
        else if (path.EndsWith("Key"))
        {
            _key = text;
        }
        else if (path.EndsWith("NumberOffractions") || path.EndsWith("NumberOfFractions"))
        {
            _values.TryAdd("fractions", text);
        }
        else if (path.EndsWith("Value"))
        {
            if (_key is { } key && _pairs.Count < MaxPairs)
            {
                _pairs.TryAdd(key, text);
            }

            _key = null;
        }
        else if (text.Length > 0 && path.Count >= 3 && Element(path) is { } element)
        {
            _values.TryAdd(element, text);
        }
    }

    public EpuImage Image() => new()
    {
        Acquired = Quantities.Time(Value("acquisition/acquisitionDateTime")),
        PixelSize = SquarePixel(),
        Dose = Quantities.PerSquareAngstrom(Quantities.Number(Pair("Dose"))),
        TargetDefocus = Quantities.Micrometres(Quantities.Number(Pair("AppliedDefocus"))),
        Defocus = Quantities.Micrometres(Quantities.Number(Value("optics/Defocus"))),
        Tilt = Quantities.Degrees(Quantities.Number(Value("Position/A"))),
        Exposure = Quantities.Positive(Quantities.Number(Value("camera/ExposureTime"))),
        Frames = Quantities.Positive(Quantities.Whole(Value("fractions"))),
        Stage = Quantities.Stage(
            Quantities.Number(Value("Position/X")), Quantities.Number(Value("Position/Y")), Quantities.Number(Value("Position/Z"))),
        Voltage = Quantities.Positive(Quantities.Number(Value("gun/AccelerationVoltage"))) / 1000,
        Magnification = Quantities.Positive(Quantities.Number(Value("TemMagnification/NominalMagnification"))),
        Camera = Pair("DetectorCommercialName") ?? Value("camera/Name"),
        Width = Quantities.Positive(Quantities.Whole(Value("ReadoutArea/width"))),
        Height = Quantities.Positive(Quantities.Whole(Value("ReadoutArea/height"))),
        GainReference = _pairs.FirstOrDefault(static pair => pair.Key.EndsWith("GainReference", StringComparison.Ordinal)).Value
            is { Length: > 0 } gain ? gain : null,
        Program = Value("core/ApplicationSoftware") is { } program ? $"{program} {Value("core/ApplicationSoftwareVersion")}".Trim() : null,
    };

    /// <summary>The names of an element and of the one above, where an image is described: not those of a plate camera.</summary>
    private static string? Element(List<string> path) =>
        path.Contains("microscopeData") || path.Contains("SpatialScale") ? $"{Parent(path)}/{path[^1]}" : null;

    private static string Parent(List<string> path) => path[^1] == "numericValue" ? $"{path[^3]}/{path[^2]}" : path[^2];

    private double? SquarePixel()
    {
        double? x = Quantities.Number(Value("pixelSize/x/numericValue"));
        double? y = Quantities.Number(Value("pixelSize/y/numericValue"));
        return x == y ? Quantities.Angstrom(x) : null;
    }

    private string? Value(string name) => _values.GetValueOrDefault(name);

    private string? Pair(string key) => _pairs.GetValueOrDefault(key) is { Length: > 0 } value ? value : null;
}
