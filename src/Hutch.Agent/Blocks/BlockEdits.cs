using YamlDotNet.Core.Events;

namespace Hutch.Agent.Blocks;

/// <summary>Works out which pieces of a text change so that a block holds its values.</summary>
internal static class BlockEdits
{
    /// <summary>Ways to add a block that is not there, the one that people like best first.</summary>
    public static IReadOnlyList<IReadOnlyList<TextEdit>> Add(YamlLayout layout, string block, IReadOnlyList<BlockValue> values)
    {
        BlockValue[] given = [.. values.Where(value => value.Value is not null)];
        if (given.Length == 0)
        {
            return [[]];
        }

        if (layout.Root is { Style: MappingStyle.Flow } flow)
        {
            return [[First(layout, flow, layout.Entries.Count, $"{block}: {{{BlockText.FlowEntries(given)}}}")]];
        }

        string indent = layout.Root is null ? "" : Before(layout.Text, layout.Root);
        string text = BlockText.Block(block, given, indent, layout.NewLine);
        TextEdit atEnd = AtLineStart(layout, layout.End, text);
        return layout.Root is null ? [[atEnd]] : [[atEnd], [FirstEntry(layout.Root, text, indent)]];
    }

    public static Result<IReadOnlyList<IReadOnlyList<TextEdit>>> Change(
        YamlLayout layout, YamlEntry entry, string block, IReadOnlyList<BlockValue> values)
    {
        if (entry.Single is { } single && YamlEntry.IsNull(single))
        {
            return Result<IReadOnlyList<IReadOnlyList<TextEdit>>>.Ok([Fill(layout, single, values)]);
        }

        if (entry.Value[0] is not MappingStart { Anchor.IsEmpty: true, Tag.IsEmpty: true } map)
        {
            return Reject(
                entry, $"'{block}' must be a mapping with keys of its own, without anchor or tag. Remove it, and it is written anew.");
        }

        List<YamlEntry> entries = YamlEntry.From(entry.Value, 0);
        var edits = new List<TextEdit>();
        foreach (BlockValue value in values)
        {
            if (entries.Find(known => known.Name == value.Key) is not { } known)
            {
                continue;
            }

            if (known.Single is not { } old)
            {
                return Reject(known, $"'{block}.{value.Key}' must be one value, without anchor or tag. Remove it, and it is written anew.");
            }

            edits.AddRange(Replace(layout, old, value.Value, map.Style == MappingStyle.Flow));
        }

        BlockValue[] missing = [.. values.Where(value => value.Value is not null && !entries.Exists(known => known.Name == value.Key))];
        if (missing.Length > 0)
        {
            edits.Insert(0, Insert(layout, map, entries.Count, missing));
        }

        return Result<IReadOnlyList<IReadOnlyList<TextEdit>>>.Ok([edits]);
    }

    /// <summary>Returns true if a value already has this text.</summary>
    public static bool HasValue(Scalar scalar, string value) => scalar.Value == value && (value.Length > 0 || !YamlEntry.IsNull(scalar));

    private static TextEdit Insert(YamlLayout layout, MappingStart map, int count, BlockValue[] missing)
    {
        if (map.Style == MappingStyle.Flow)
        {
            return First(layout, map, count, BlockText.FlowEntries(missing));
        }

        string indent = Before(layout.Text, map);
        return FirstEntry(map, BlockText.Entries(missing, indent, layout.NewLine), indent);
    }

    private static IEnumerable<TextEdit> Replace(YamlLayout layout, Scalar old, string? value, bool isFlow)
    {
        if (value is null ? YamlEntry.IsNull(old) : HasValue(old, value))
        {
            return [];
        }

        (int start, int end) = Span(layout, old);
        string text = isFlow ? BlockText.Quoted(value) : BlockText.Scalar(value);
        return [new TextEdit(start, end, NeedsBlank(layout, start) ? " " + text : text)];
    }

    // A block without a value, `Hutch:`, whose line may go on with a comment.
    private static IReadOnlyList<TextEdit> Fill(YamlLayout layout, Scalar none, IReadOnlyList<BlockValue> values)
    {
        BlockValue[] given = [.. values.Where(value => value.Value is not null)];
        if (given.Length == 0)
        {
            return [];
        }

        (int start, int end) = Span(layout, none);
        if (layout.Root!.Style == MappingStyle.Flow)
        {
            return [new TextEdit(start, end, (NeedsBlank(layout, start) ? " {" : "{") + BlockText.FlowEntries(given) + "}")];
        }

        int line = layout.Text.AsSpan(end).IndexOfAny('\r', '\n');
        int next = line < 0 ? layout.Text.Length : end + line + (layout.Text.AsSpan(end + line).StartsWith("\r\n") ? 2 : 1);
        string text = BlockText.Entries(given, Before(layout.Text, layout.Root) + "  ", layout.NewLine);
        return [new TextEdit(start, end, ""), AtLineStart(layout, next, text)];
    }

    private static TextEdit AtLineStart(YamlLayout layout, int at, string lines) => at == 0 || layout.Text[at - 1] is '\n' or '\r'
        ? new TextEdit(at, at, lines)
        : new TextEdit(at, at, layout.NewLine + lines[..^layout.NewLine.Length]);

    private static TextEdit First(YamlLayout layout, MappingStart flow, int count, string entries)
    {
        int brace = layout.Text.IndexOf('{', (int)flow.Start.Index) + 1;
        return new TextEdit(brace, brace, count == 0 ? entries : entries + ", ");
    }

    private static TextEdit FirstEntry(MappingStart map, string lines, string indent)
    {
        int at = (int)map.Start.Index;
        return new TextEdit(at, at, lines[indent.Length..] + indent);
    }

    // The indentation of a mapping, as blanks. If its line begins with anything else, the check of the edit fails.
    private static string Before(string text, MappingStart map)
    {
        int start = (int)map.Start.Index;
        int line = text.AsSpan(0, start).LastIndexOfAny('\r', '\n') + 1;
        return new string(' ', start - line);
    }

    // A text over several lines ends, for the parser, after the empty lines behind it.
    private static (int Start, int End) Span(YamlLayout layout, Scalar scalar)
    {
        int start = (int)Math.Min(scalar.Start.Index, scalar.End.Index);
        int end = (int)scalar.End.Index;
        while (end > start && char.IsWhiteSpace(layout.Text[end - 1]))
        {
            end--;
        }

        return (start, end);
    }

    private static bool NeedsBlank(YamlLayout layout, int at) => at > 0 && layout.Text[at - 1] is not (' ' or '\t');

    private static HutchError Reject(YamlEntry entry, string words) => DocumentProblem.At(entry.Key[0].Start, words).ToError();
}
