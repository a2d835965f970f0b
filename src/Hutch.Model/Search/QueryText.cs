using System.Text.RegularExpressions;

namespace Hutch.Model.Search;

/// <summary>
/// Parses a search query, which has the same syntax everywhere: words, <c>wavelength &lt; 1 Å</c>, <c>type:mx</c>. Blanks separate parts,
/// and can surround operators. Text in double quotes is only words, or the value of a condition. A double quote inside it is doubled.
/// </summary>
/// <remarks>The meaning of names, values and units is defined elsewhere.</remarks>
public static partial class QueryText
{
    public const int MaxCharacters = 1000;

    public const int MaxConditions = 16;

    public static Result<IReadOnlyList<QueryPart>> Parse(string text)
    {
        if (text.Length > MaxCharacters)
        {
            return ErrorCode.BadRequest.With($"The search has {text.Length} characters; at most {MaxCharacters} are allowed.");
        }

        Match[] tokens = [.. Tokens().Matches(text).Cast<Match>()];
        var parts = new List<QueryPart>();
        for (int i = 0; i < tokens.Length; i++)
        {
            if (ReadCondition(text, tokens, ref i) is { } condition)
            {
                parts.Add(condition);
            }
            else if (Operator().IsMatch(tokens[i].Value))
            {
                return Reject(
                    tokens[i].Index + 1,
                    $"{Display.Quote(tokens[i].Value)} compares nothing: write attribute, operator and value, such as energy > 12 keV; "
                    + "put it in double quotes to search for it as text.");
            }
            else
            {
                parts.Add(new QueryTerms(Unquoted(tokens[i].Value, out bool isQuoted), isQuoted, tokens[i].Index + 1));
            }
        }

        return parts.OfType<QueryCondition>().Skip(MaxConditions).FirstOrDefault() is { } beyond
            ? Reject(beyond.Position, $"a search has at most {MaxConditions} types and conditions.")
            : Result<IReadOnlyList<QueryPart>>.Ok(parts);
    }

    public static string Quote(string text)
    {
        return "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }

    public static HutchError Reject(int position, string problem) => ErrorCode.BadRequest.With(
        $"At character {position.ToString(CultureInfo.InvariantCulture)}: {problem}",
        "position", position.ToString(CultureInfo.InvariantCulture));

    /// <summary>Reads the condition that begins with a token, and advances to its last token. Null if none does.</summary>
    private static QueryCondition? ReadCondition(string text, Match[] tokens, ref int i)
    {
        int start = tokens[i].Index;
        if (Colon().Match(tokens[i].Value) is { Success: true } colon)
        {
            return Condition(colon.Groups["name"].Value, QueryCondition.Colon, colon.Groups["value"].Value, tokens[i].Value, start);
        }

        Match first = Comparison().Match(tokens[i].Value);
        string name = first.Groups["name"].Value;
        if (!first.Success && Name().IsMatch(tokens[i].Value) && i + 1 < tokens.Length)
        {
            name = tokens[i].Value;
            first = Operator().Match(tokens[i + 1].Value);
            i += first.Success ? 1 : 0;
        }

        if (!first.Success)
        {
            return null;
        }

        string value = first.Groups["value"].Value;
        if (value.Length == 0 && i + 1 < tokens.Length && !Operator().IsMatch(tokens[i + 1].Value))
        {
            value = tokens[++i].Value;
        }

        string written = text[start..(tokens[i].Index + tokens[i].Length)];
        return Condition(name, first.Groups["operator"].Value, value, written, start);
    }

    private static QueryCondition Condition(string name, string comparison, string value, string written, int start) =>
        new(name, comparison, Unquoted(value, out bool isQuoted), isQuoted, written, start + 1);

    private static string Unquoted(string text, out bool isQuoted)
    {
        isQuoted = Quoted().IsMatch(text);
        return isQuoted ? text[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : text;
    }

    // Words, words in quotes, and words with a value in quotes; a quote that nothing closes is a character like others.
    [GeneratedRegex("""[^\s"]*"([^"]|"")*"(?=\s|\z)|\S+""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Tokens();

    [GeneratedRegex("""\A"([^"]|"")*"\z""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_.]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A(?<operator><=|>=|!=|=|<|>)(?<value>.*)\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Operator();

    [GeneratedRegex(
        @"\A(?<name>[A-Za-z][A-Za-z0-9_.]*)(?<operator><=|>=|!=|=|<|>)(?<value>.*)\z",
        RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Comparison();

    // An address is none.
    [GeneratedRegex(
        @"\A(?<name>[A-Za-z][A-Za-z0-9_.]*):(?!//)(?<value>.*)\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Colon();
}
