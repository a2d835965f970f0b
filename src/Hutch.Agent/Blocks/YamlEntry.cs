using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Hutch.Agent.Blocks;

internal sealed record YamlEntry(IReadOnlyList<ParsingEvent> Key, IReadOnlyList<ParsingEvent> Value)
{
    /// <summary>The key as a text; null for a key that is none.</summary>
    public string? Name => Key is [Scalar scalar] ? scalar.Value : null;

    /// <summary>The value where it is a single one without anchor and tag, which may be replaced.</summary>
    public Scalar? Single => Value is [Scalar { Anchor.IsEmpty: true, Tag.IsEmpty: true } scalar] ? scalar : null;

    /// <summary>The complete meaning of the entry to a reader, as a text to compare.</summary>
    public string Meaning() => string.Join('\n', Key.Concat(Value).Select(MeaningOf));

    /// <summary>The complete meaning of an event to a reader, as a text to compare.</summary>
    public static string MeaningOf(ParsingEvent e) => e switch
    {
        Scalar scalar => $"scalar {scalar.Anchor} {scalar.Tag} {scalar.Style} {scalar.Value.Length} {scalar.Value}",
        AnchorAlias alias => $"alias {alias.Value}",
        MappingStart map => $"map {map.Anchor} {map.Tag} {map.Style}",
        SequenceStart list => $"list {list.Anchor} {list.Tag} {list.Style}",
        _ => e.GetType().Name,
    };

    /// <summary>Returns true if a value is YAML's null.</summary>
    public static bool IsNull(Scalar scalar) => scalar.Style == ScalarStyle.Plain && YamlWords.IsNull(scalar.Value);

    public static List<YamlEntry> From(IReadOnlyList<ParsingEvent> events, int start)
    {
        var entries = new List<YamlEntry>();
        int at = start + 1;
        while (events[at] is not MappingEnd)
        {
            IReadOnlyList<ParsingEvent> key = Take(events, ref at);
            entries.Add(new YamlEntry(key, Take(events, ref at)));
        }

        return entries;
    }

    private static ParsingEvent[] Take(IReadOnlyList<ParsingEvent> events, ref int at)
    {
        int start = at;
        int depth = 0;
        do
        {
            depth += events[at++].NestingIncrease;
        }
        while (depth > 0);

        return [.. events.Skip(start).Take(at - start)];
    }
}
