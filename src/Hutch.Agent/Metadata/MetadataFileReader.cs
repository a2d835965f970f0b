using Hutch.Model;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Hutch.Agent.Metadata;

/// <summary>
/// Reads a metadata file: one YAML document, a mapping, in UTF-8. What is wrong is refused with line and column, in words for the person
/// who wrote it. Aliases (<c>*name</c>) are taken, and what they repeat counts; time and memory are bounded by the limits.
/// </summary>
public sealed class MetadataFileReader
{
    private readonly MetadataLimits _limits;
    private readonly List<ParsingEvent> _events;
    private readonly Dictionary<string, (MetadataNode Node, int Weight, int Height)> _anchors = new(StringComparer.Ordinal);
    private int _at;

    private MetadataFileReader(List<ParsingEvent> events, MetadataLimits limits)
    {
        _events = events;
        _limits = limits;
    }

    /// <summary>The mapping that a file is.</summary>
    public static Result<MetadataMap> Read(ReadOnlySpan<byte> bytes, MetadataLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return MetadataText.Decode(bytes, limits)
            .Then(text => YamlEvents.Read(text.Text, limits))
            .Then(events => Read(events, limits));
    }

    internal static Result<MetadataMap> Read(List<ParsingEvent> events, MetadataLimits limits)
    {
        int root = events.FindIndex(e => e is DocumentStart) + 1;
        if (root == 0)
        {
            return ErrorCode.Unprocessable.With("the file is empty: it has no keys.");
        }

        var reader = new MetadataFileReader(events, limits) { _at = root };
        try
        {
            (MetadataNode node, _, _) = reader.ReadNode();
            return node switch
            {
                MetadataMap map => map,
                MetadataScalar { IsNull: true } => ErrorCode.Unprocessable.With("the file is empty: it has no keys."),
                _ => ErrorCode.Unprocessable.With(
                    FormattableString.Invariant($"line {node.Line}: a metadata file must have keys and values, such as 'Type: SPA'.")),
            };
        }
        catch (HutchException e)
        {
            return e.Error;
        }
    }

    // Depth was bounded when the events were read; what aliases add is bounded in Grown.
    private (MetadataNode Node, int Weight, int Height) ReadNode()
    {
        ParsingEvent next = _events[_at++];
        if (next is AnchorAlias alias)
        {
            return _anchors.TryGetValue(alias.Value.Value, out var known)
                ? known
                : throw Wrong(alias.Start, $"'*{alias.Value.Value}' stands for nothing that was named '&{alias.Value.Value}' before.");
        }

        (MetadataNode Node, int Weight, int Height) read = next switch
        {
            Scalar scalar => (new MetadataScalar(scalar.Value, IsPlain(scalar), scalar.Start.Line, scalar.Start.Column), 1, 1),
            SequenceStart list => ReadList(list),
            _ => ReadMap((MappingStart)next),
        };
        if (next is NodeEvent { Anchor.IsEmpty: false } named)
        {
            _anchors[named.Anchor.Value] = read;
        }

        return read;
    }

    private (MetadataNode Node, int Weight, int Height) ReadList(SequenceStart start)
    {
        var items = new List<MetadataNode>();
        (int weight, int height) = (1, 1);
        while (_events[_at] is not SequenceEnd)
        {
            items.Add(Grown(ReadNode(), start.Start, ref weight, ref height));
        }

        _at++;
        return (new MetadataList(items, start.Start.Line, start.Start.Column), weight, height);
    }

    private (MetadataNode Node, int Weight, int Height) ReadMap(MappingStart start)
    {
        var entries = new List<KeyValuePair<string, MetadataNode>>();
        var lines = new Dictionary<string, long>(StringComparer.Ordinal);
        (int weight, int height) = (1, 1);
        while (_events[_at] is not MappingEnd)
        {
            ParsingEvent at = _events[_at];
            if (ReadNode().Node is not MetadataScalar key)
            {
                throw Wrong(at.Start, "a key must be one word or text; this is a list or a mapping.");
            }

            if (!lines.TryAdd(key.Text, at.Start.Line))
            {
                throw Wrong(at.Start, $"the key {Display.Quote(key.Text)} is there twice: also on line {lines[key.Text]}. Remove one.");
            }

            entries.Add(new(key.Text, Grown(ReadNode(), at.Start, ref weight, ref height)));
        }

        _at++;
        return (new MetadataMap(entries, start.Start.Line, start.Start.Column), weight, height);
    }

    private MetadataNode Grown((MetadataNode Node, int Weight, int Height) child, Mark at, ref int weight, ref int height)
    {
        weight += child.Weight;
        height = Math.Max(height, child.Height + 1);
        return weight > _limits.MaxNodes || height > _limits.MaxDepth
            ? throw Wrong(
                at, $"with what its aliases repeat, the file has more than {_limits.MaxNodes} values or {_limits.MaxDepth} levels.")
            : child.Node;
    }

    private static bool IsPlain(Scalar scalar) => scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty;

    private static HutchException Wrong(Mark at, string words) => YamlEvents.Refuse(at, words).ToException();
}
