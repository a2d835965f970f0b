using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Hutch.Agent.Blocks;

/// <summary>The positions in a metadata file that an edit needs: its mapping, the entries, the end.</summary>
/// <param name="Frame">The events around the entries: the stream, the document, and the mapping if there is one.</param>
/// <param name="Root">The mapping; null in an empty file.</param>
/// <param name="End">The end of the document: before <c>...</c>, or at the end of the text.</param>
internal sealed record YamlLayout(
    string Text, IReadOnlyList<ParsingEvent> Frame, MappingStart? Root, IReadOnlyList<YamlEntry> Entries, int End)
{
    public string NewLine
    {
        get
        {
            int at = Text.AsSpan().IndexOfAny('\r', '\n');
            return at < 0 || Text[at] == '\n' ? "\n" : at + 1 < Text.Length && Text[at + 1] == '\n' ? "\r\n" : "\r";
        }
    }

    /// <summary>Reads a text; a file without keys is taken, everything else as in <see cref="YamlReader"/>.</summary>
    public static Result<YamlLayout> Read(string text, YamlLimits limits) =>
        YamlEvents.Read(text, limits).Then(events => Read(text, events, limits));

    private static Result<YamlLayout> Read(string text, List<ParsingEvent> events, YamlLimits limits)
    {
        int root = events.FindIndex(e => e is DocumentStart) + 1;
        int end = events.Find(e => e is DocumentEnd { IsImplicit: false }) is { } mark ? (int)mark.Start.Index : text.Length;
        if (root == 0 || events[root] is Scalar { Anchor.IsEmpty: true, Tag.IsEmpty: true, Style: ScalarStyle.Plain, Value: "" })
        {
            return new YamlLayout(text, [.. events.Where(e => e is not Scalar)], null, [], end);
        }

        // Refuses anything but a mapping, and duplicate keys.
        return YamlReader.Read(events, limits).Then<YamlLayout>(_ => new YamlLayout(
            text, [.. events.Take(root + 1)], (MappingStart)events[root], YamlEntry.From(events, root), end));
    }
}
