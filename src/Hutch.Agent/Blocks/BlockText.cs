namespace Hutch.Agent.Blocks;

/// <summary>Writes values and blocks as YAML that every reader takes for texts, each on one line.</summary>
internal static class BlockText
{
    public const string Null = "null";

    private const string PlainMarks = "_./:@%&=?#+~-";

    /// <summary>A block of its own, each line with its line break.</summary>
    public static string Block(string name, IEnumerable<BlockValue> values, string indent, string newLine) =>
        $"{indent}{name}:{newLine}{Entries(values, indent + "  ", newLine)}";

    /// <summary>The entries of a block, each line with its line break.</summary>
    public static string Entries(IEnumerable<BlockValue> values, string indent, string newLine) => string.Concat(
        values.Select(value => $"{indent}{value.Key}: {Scalar(value.Value)}{newLine}"));

    public static string FlowEntries(IEnumerable<BlockValue> values) => string.Join(
        ", ", values.Select(value => $"{value.Key}: {Quoted(value.Value)}"));

    /// <summary>A value: unquoted if it is unambiguous, else in double quotes.</summary>
    public static string Scalar(string? value) => value is not null && IsPlain(value) ? value : Quoted(value);

    public static string Quoted(string? value)
    {
        if (value is null)
        {
            return Null;
        }

        var text = new StringBuilder("\"");
        foreach (Rune rune in value.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\t' => text.Append("\\t"),
                _ when IsShown(rune) => text.Append(rune.ToString()),
                <= 0xFFFF => text.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}"),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:X8}"),
            };
        }

        return text.Append('"').ToString();
    }

    // A word that begins with a letter, or an id: YAML 1.1 and 1.2 both read them as texts.
    private static bool IsPlain(string value) =>
        Guid.TryParseExact(value, "D", out _)
        || (value.Length > 0 && char.IsAsciiLetter(value[0])
            && value.All(c => char.IsAsciiLetterOrDigit(c) || PlainMarks.Contains(c, StringComparison.Ordinal))
            && !value.EndsWith(':')
            && !YamlWords.IsReserved(value));

    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse)
        && (rune.Value == ' ' || !Rune.IsWhiteSpace(rune));
}
