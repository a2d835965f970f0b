namespace Hutch.Formats.Microscopy;

/// <summary>Collects the values of a grid square and of its holes, which are pairs of a key and a <c>TargetLocationXml</c>.</summary>
internal sealed class EpuSquareValues(string name) : IXmlValues
{
    private const string Holes = "TargetLocationsEfficient";
    private const string OlderHoles = "TargetLocations";

    private readonly List<EpuHole> _holes = [];
    private readonly Dictionary<string, string> _square = [];
    private readonly Dictionary<string, string> _hole = [];
    private int _holeDepth;
    private bool _isSquare;

    public void Begin(List<string> path, string? name)
    {
        if (_holeDepth == 0 && path is [.., { } pair, "value"]
            && pair.StartsWith("KeyValuePairOfintTargetLocationXml", StringComparison.Ordinal)
            && (path.Contains(Holes) || path.Contains(OlderHoles)))
        {
            _holeDepth = path.Count;
            _hole.Clear();
        }
    }

    public void End(List<string> path, string text)
    {
        if (path.Count == 1)
        {
            _isSquare = path[0] == "GridSquareXml";
        }
        else if (_holeDepth == 0)
        {
            Keep(_square, path, 1, text);
        }
        else if (path.Count == _holeDepth)
        {
            _holeDepth = 0;
            AddHole();
        }
        else
        {
            Keep(_hole, path, _holeDepth, text);
        }
    }

    public EpuSquare? Square() => _isSquare && Id(_square) is { } id
        ? new EpuSquare
        {
            Id = id,
            AtlasNode = long.TryParse(_square.GetValueOrDefault("AtlasNodeId"), CultureInfo.InvariantCulture, out long node) ? node : null,
            Stage = Stage(_square, "Position"),
            Picture = _square.GetValueOrDefault("Image/BaseFileName"),
            State = _square.GetValueOrDefault("State"),
            Holes = _holes,
        }
        : null;

    private static long? Id(Dictionary<string, string> values) =>
        long.TryParse(values.GetValueOrDefault("Id"), NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id : null;

    /// <summary>Keeps a value that is one or two elements below what is read.</summary>
    private static void Keep(Dictionary<string, string> values, List<string> path, int depth, string text)
    {
        if (text.Length > 0 && path.Count - depth is 1 or 2)
        {
            values.TryAdd(path.Count - depth == 1 ? path[^1] : $"{path[^2]}/{path[^1]}", text);
        }
    }

    private static StagePosition? Stage(Dictionary<string, string> values, string element) => Quantities.Stage(
        Quantities.Number(values.GetValueOrDefault(element + "/X")), Quantities.Number(values.GetValueOrDefault(element + "/Y")),
        Quantities.Number(values.GetValueOrDefault(element + "/Z")));

    private void AddHole()
    {
        if (Id(_hole) is not { } id)
        {
            return;
        }

        if (_holes.Count == MicroscopeFiles.MaxParts)
        {
            throw MicroscopeFiles.TooMany(name, "holes");
        }

        _holes.Add(new EpuHole(
            id,
            Stage(_hole, "StagePosition"),
            Quantities.Number(_hole.GetValueOrDefault("PixelCenter/x")),
            Quantities.Number(_hole.GetValueOrDefault("PixelCenter/y")),
            _hole.GetValueOrDefault("Image/BaseFileName"),
            _hole.GetValueOrDefault("State"),
            _hole.GetValueOrDefault("Selected") == "true"));
    }
}
