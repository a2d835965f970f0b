using YamlDotNet.Core.Events;

namespace Hutch.Types.Yaml;

/// <summary>
/// Reads a YAML file: one document, a mapping, in UTF-8. An invalid file is refused with line and column and a message for its author
/// (see <see cref="DocumentProblem"/>). Aliases (<c>*name</c>) are allowed, and their repetitions count. The limits bound time and memory.
/// A key <c>&lt;&lt;</c> merges the keys of a mapping, or of several: see https://yaml.org/type/merge.html.
/// </summary>
public sealed class YamlReader
{
    private static readonly HutchError Empty = new DocumentProblem(0, 0, "the file is empty: it has no keys.").ToError();

    private const string MergeKey = "<<";

    private readonly YamlLimits _limits;
    private readonly List<ParsingEvent> _events;
    private readonly Dictionary<string, (YamlValue Node, int Weight, int Height)> _anchors = new(StringComparer.Ordinal);
    private int _at;

    private YamlReader(List<ParsingEvent> events, YamlLimits limits)
    {
        _events = events;
        _limits = limits;
    }

    public static Result<YamlMap> Read(ReadOnlySpan<byte> bytes, YamlLimits limits)
    {
        return YamlText.Decode(bytes, limits)
            .Then(text => YamlEvents.Read(text.Text, limits))
            .Then(events => Read(events, limits));
    }

    public static Result<YamlMap> Read(List<ParsingEvent> events, YamlLimits limits)
    {
        int root = events.FindIndex(e => e is DocumentStart) + 1;
        if (root == 0)
        {
            return Empty;
        }

        var reader = new YamlReader(events, limits) { _at = root };
        try
        {
            (YamlValue node, _, _) = reader.ReadNode();
            return node switch
            {
                YamlMap map => map,
                YamlScalar { IsNull: true } => Empty,
                _ => new DocumentProblem(node.Line, node.Column, "keys and values are expected here: lines such as 'Type: SPA'.").ToError(),
            };
        }
        catch (HutchException e)
        {
            return e.Error;
        }
    }

    // Depth was bounded when the events were read; what aliases add is bounded in Grown.
    private (YamlValue Node, int Weight, int Height) ReadNode()
    {
        ParsingEvent next = _events[_at++];
        if (next is AnchorAlias alias)
        {
            return _anchors.TryGetValue(alias.Value.Value, out var known)
                ? known
                : throw Wrong(alias.Start, IsNull(alias.Value.Value));
        }

        (YamlValue Node, int Weight, int Height) read = next switch
        {
            Scalar scalar => (new YamlScalar(scalar.Value, IsPlain(scalar), scalar.Start.Line, scalar.Start.Column), 1, 1),
            SequenceStart list => ReadList(list),
            MappingStart map => ReadMap(map),

            // The parser lets a lone ':' through, and says nothing in place of the key or the value.
            _ => throw Wrong(next.Start, "a key or a value is missing here."),
        };
        if (next is NodeEvent { Anchor.IsEmpty: false } named)
        {
            _anchors[named.Anchor.Value] = read;
        }

        return read;
    }

    private (YamlValue Node, int Weight, int Height) ReadList(SequenceStart start)
    {
        var items = new List<YamlValue>();
        (int weight, int height) = (1, 1);
        while (_events[_at] is not SequenceEnd)
        {
            items.Add(Grown(ReadNode(), start.Start, ref weight, ref height));
        }

        _at++;
        return (new YamlList(items, start.Start.Line, start.Start.Column), weight, height);
    }

    private (YamlValue Node, int Weight, int Height) ReadMap(MappingStart start)
    {
        var entries = new List<YamlPair>();
        var merged = new OrderedDictionary<string, YamlPair>(StringComparer.Ordinal);
        var lines = new Dictionary<string, long>(StringComparer.Ordinal);
        (int weight, int height) = (1, 1);
        while (_events[_at] is not MappingEnd)
        {
            ParsingEvent at = _events[_at];
            if (ReadNode().Node is not YamlScalar key)
            {
                throw Wrong(at.Start, "a key must be one word or text; this is a list or a mapping.");
            }

            if (key is { IsPlain: true, Text: MergeKey })
            {
                Merge(Grown(ReadNode(), at.Start, ref weight, ref height), merged);
                continue;
            }

            if (!lines.TryAdd(key.Text, at.Start.Line))
            {
                throw Wrong(at.Start, $"the key {Display.Quote(key.Text)} is there twice: also on line {lines[key.Text]}. Remove one.");
            }

            entries.Add(new YamlPair(key, Grown(ReadNode(), at.Start, ref weight, ref height)));
        }

        _at++;
        entries.InsertRange(0, merged.Values.Where(pair => !lines.ContainsKey(pair.Key)));
        return (new YamlMap(entries, start.Start.Line, start.Start.Column), weight, height);
    }

    /// <summary>Takes the keys of a mapping, or of a list of mappings, that are not there yet: the first of a name counts.</summary>
    private static void Merge(YamlValue from, OrderedDictionary<string, YamlPair> merged)
    {
        IReadOnlyList<YamlValue> maps = from is YamlList list ? list.Items : [from];
        foreach (YamlValue each in maps)
        {
            if (each is not YamlMap map)
            {
                throw new DocumentProblem(each.Line, each.Column, "'<<' takes the keys of a mapping here, or of a list of mappings.")
                    .ToError().ToException();
            }

            foreach (YamlPair pair in map.Entries)
            {
                merged.TryAdd(pair.Key, pair);
            }
        }
    }

    private YamlValue Grown((YamlValue Node, int Weight, int Height) child, Mark at, ref int weight, ref int height)
    {
        weight += child.Weight;
        height = Math.Max(height, child.Height + 1);
        return weight > _limits.MaxNodes || height > _limits.MaxDepth
            ? throw Wrong(
                at, $"with what its aliases repeat, the file has more than {_limits.MaxNodes} values or {_limits.MaxDepth} levels.")
            : child.Node;
    }

    private static string IsNull(string name) =>
        $"{Display.Quote("*" + name)} stands for nothing that was named {Display.Quote("&" + name)} before.";

    private static bool IsPlain(Scalar scalar) => scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty;

    private static HutchException Wrong(Mark at, string words) => DocumentProblem.At(at, words).ToError().ToException();
}
