using YamlDotNet.Core.Events;

namespace Hutch.Agent.Blocks;

/// <summary>
/// Writes values into the agent's block of a metadata file and changes no other byte. Comments, order, line ends, byte order mark, foreign
/// blocks and others' keys in the block stay. A pure function of bytes.
/// </summary>
/// <remarks>
/// A YAML library that loads and saves loses comments and styles. So the parser only gives positions, and the text is changed there: single
/// values are replaced in place, new keys come before the first key of the block, a new block at the end of the file. The result is parsed
/// again. The edit is refused if anything outside the block has another meaning than before, or if the block is not as requested.
/// </remarks>
public static class BlockEditor
{
    private const int MaxValueCharacters = 16 * 1024;

    /// <summary>The bytes with the values in the block; the same bytes when it holds them already.</summary>
    /// <param name="values">What its keys should be; keys that are not named stay as they are.</param>
    /// <returns>
    /// <see cref="ErrorCode.Unprocessable"/> for a file that is no metadata file or in which the block cannot be written safely: then the
    /// message says where and what to do.
    /// </returns>
    public static Result<byte[]> Edit(
        ReadOnlySpan<byte> original, string block, IReadOnlyList<BlockValue> values, YamlLimits limits)
    {
        if (values.FirstOrDefault(value => value.Value?.Length > MaxValueCharacters) is { Key: not null } large)
        {
            return ErrorCode.TooLarge.With($"the value for '{large.Key}' is longer than {MaxValueCharacters} characters.");
        }

        return YamlText.Decode(original, limits).Then(
            text => YamlLayout.Read(text.Text, limits).Then(
                layout => Edit(layout, block, values, limits).Then<byte[]>(edited => text.Encode(edited))));
    }

    private static Result<string> Edit(YamlLayout layout, string block, IReadOnlyList<BlockValue> values, YamlLimits limits)
    {
        Result<IReadOnlyList<IReadOnlyList<TextEdit>>> ways = layout.Entries.FirstOrDefault(entry => entry.Name == block) is { } existing
            ? BlockEdits.Change(layout, existing, block, values)
            : Result<IReadOnlyList<IReadOnlyList<TextEdit>>>.Ok(BlockEdits.Add(layout, block, values));
        return ways.Then(tried => FirstRight(tried, layout, block, values, limits));
    }

    private static Result<string> FirstRight(
        IReadOnlyList<IReadOnlyList<TextEdit>> ways,
        YamlLayout layout,
        string block,
        IReadOnlyList<BlockValue> values,
        YamlLimits limits)
    {
        foreach (IReadOnlyList<TextEdit> edits in ways)
        {
            string text = TextEdit.Apply(layout.Text, edits);
            if (YamlLayout.Read(text, limits).TryGet(out YamlLayout? edited, out _) && IsAsRequested(layout, edited, block, values))
            {
                return text;
            }
        }

        return ErrorCode.Unprocessable.With(
            $"the block '{block}' cannot be written without changing other parts of the file, because of how the file is written. Nothing "
            + "was changed. Write the file as plain 'key: value' lines.");
    }

    private static bool IsAsRequested(YamlLayout before, YamlLayout after, string block, IReadOnlyList<BlockValue> values)
    {
        YamlEntry? old = before.Entries.FirstOrDefault(entry => entry.Name == block);
        YamlEntry? now = after.Entries.FirstOrDefault(entry => entry.Name == block);
        // A file with nothing in it becomes a mapping.
        return (before.Root is null || Frame(before).SequenceEqual(Frame(after)))
            && Meanings(before.Entries, old).SequenceEqual(Meanings(after.Entries, now))
            && IsBlockAsRequested(EntriesOf(old), EntriesOf(now), values);
    }

    private static bool IsBlockAsRequested(
        IReadOnlyList<YamlEntry> before, IReadOnlyList<YamlEntry> after, IReadOnlyList<BlockValue> values)
    {
        bool IsOurs(YamlEntry entry) => values.Any(value => value.Key == entry.Name);
        return before.Where(entry => !IsOurs(entry)).Select(entry => entry.Meaning())
                .SequenceEqual(after.Where(entry => !IsOurs(entry)).Select(entry => entry.Meaning()))
            && values.All(value => Holds(after.FirstOrDefault(entry => entry.Name == value.Key), value.Value));
    }

    private static bool Holds(YamlEntry? entry, string? value) => value is null
        ? entry is null || (entry.Single is { } none && YamlEntry.IsNull(none))
        : entry?.Single is { } single && BlockEdits.HasValue(single, value);

    private static IEnumerable<string> Meanings(IEnumerable<YamlEntry> entries, YamlEntry? except) =>
        entries.Where(entry => entry != except).Select(entry => entry.Meaning());

    private static IEnumerable<string> Frame(YamlLayout layout) => layout.Frame.Select(YamlEntry.MeaningOf);

    private static List<YamlEntry> EntriesOf(YamlEntry? block) =>
        block?.Value[0] is MappingStart ? YamlEntry.From(block.Value, 0) : [];
}
