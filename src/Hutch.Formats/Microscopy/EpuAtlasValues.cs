namespace Hutch.Formats.Microscopy;

/// <summary>Collects the values of an atlas: its tiles and their nodes.</summary>
internal sealed class EpuAtlasValues(string name) : IXmlValues
{
    private readonly Dictionary<long, AtlasNode> _nodes = [];
    private readonly Dictionary<string, string> _atlas = [];
    private readonly Dictionary<string, string> _node = [];
    private readonly Dictionary<string, double> _tile = [];
    private int _nodeDepth;
    private double _width;
    private double _height;
    private bool _isAtlas;

    public void Begin(List<string> path, string? name)
    {
        if (_nodeDepth == 0 && path is [.., { } pair, "value"]
            && pair.StartsWith("KeyValuePairOfintNodeXml", StringComparison.Ordinal))
        {
            _nodeDepth = path.Count;
            _node.Clear();
        }
    }

    public void End(List<string> path, string text)
    {
        if (path.Count == 1)
        {
            _isAtlas = path[0] == "AtlasSessionXml";
        }
        else if (_nodeDepth == 0)
        {
            AddToAtlas(path, text);
        }
        else if (path.Count == _nodeDepth)
        {
            _nodeDepth = 0;
            AddNode();
        }
        else if (text.Length > 0 && path.Count - _nodeDepth <= 3)
        {
            _node.TryAdd(string.Join('/', path.Skip(_nodeDepth)), text);
        }
    }

    public EpuAtlas? Atlas() => !_isAtlas ? null : new EpuAtlas
    {
        Name = _atlas.GetValueOrDefault("AtlasSessionXml/Name"),
        Picture = _atlas.GetValueOrDefault("AtlasImageReference/BaseFileName"),
        Width = Quantities.Positive(_width),
        Height = Quantities.Positive(_height),
        Nodes = _nodes,
    };

    private void AddToAtlas(List<string> path, string text)
    {
        if (path.EndsWith("AtlasPixelPosition"))
        {
            _width = Math.Max(_width, _tile.GetValueOrDefault("x") + _tile.GetValueOrDefault("width"));
            _height = Math.Max(_height, _tile.GetValueOrDefault("y") + _tile.GetValueOrDefault("height"));
            _tile.Clear();
        }
        else if (path[^2] == "AtlasPixelPosition")
        {
            _tile[path[^1]] = Quantities.Number(text) ?? 0;
        }
        else if (path.Count <= 4 && text.Length > 0)
        {
            _atlas.TryAdd($"{path[^2]}/{path[^1]}", text);
        }
    }

    private void AddNode()
    {
        if (_nodes.Count == MicroscopeFiles.MaxParts)
        {
            throw MicroscopeFiles.TooMany(name, "squares");
        }

        if (long.TryParse(_node.GetValueOrDefault("Id"), NumberStyles.None, CultureInfo.InvariantCulture, out long id)
            && Number("PositionOnTheAtlas/Center/x") is { } x && Number("PositionOnTheAtlas/Center/y") is { } y)
        {
            _nodes[id] = new AtlasNode(x, y, Quantities.Stage(Number("StagePosition/X"), Number("StagePosition/Y"), null));
        }
    }

    private double? Number(string element) => Quantities.Number(_node.GetValueOrDefault(element));
}
