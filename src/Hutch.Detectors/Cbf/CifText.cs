namespace Hutch.Detectors.Cbf;

/// <summary>
/// The values of a CIF by their tags, single or in loops (International Tables for Crystallography G, chapter 2.2). The tags of imgCIF
/// describe beam and goniometer of a file whose header has no comments.
/// </summary>
internal sealed class CifText
{
    private const int MaxValues = 20_000;

    private readonly Dictionary<string, List<string>> _values = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads text; what follows its <paramref name="text"/> of many values is left out.</summary>
    public CifText(string text)
    {
        var loop = new List<string>();
        string? tag = null;
        bool isHead = false;
        int inLoop = 0;
        foreach ((string token, bool isQuoted) in Tokens(text).Take(MaxValues))
        {
            if (!isQuoted && token.Equals("loop_", StringComparison.OrdinalIgnoreCase))
            {
                (tag, isHead, inLoop) = (null, true, 0);
                loop.Clear();
            }
            else if (!isQuoted && token.StartsWith('_'))
            {
                if (isHead)
                {
                    loop.Add(token);
                }
                else
                {
                    loop.Clear();
                    tag = token;
                }
            }
            else if (loop.Count > 0)
            {
                isHead = false;
                Add(loop[inLoop++ % loop.Count], token);
            }
            else if (tag is not null)
            {
                Add(tag, token);
                tag = null;
            }
        }
    }

    /// <summary>The values of a tag, row by row of its loop; none for an unknown one.</summary>
    public IReadOnlyList<string> this[string tag] => _values.GetValueOrDefault(tag) ?? [];

    /// <summary>The first value of a tag as a number; null for none.</summary>
    public double? First(string tag) => Number(this[tag] is [var first, ..] ? first : null);

    /// <summary>A number of imgCIF, such as 0.9763 or 0.9763(2); null for a question mark or another text.</summary>
    public static double? Number(string? text) =>
        double.TryParse(text?.Split('(')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
        && double.IsFinite(number) ? number : null;

    private void Add(string tag, string value)
    {
        if (!_values.TryGetValue(tag, out List<string>? values))
        {
            _values[tag] = values = [];
        }

        values.Add(value);
    }

    private static IEnumerable<(string Token, bool IsQuoted)> Tokens(string text)
    {
        int at = 0;
        while (at < text.Length)
        {
            char first = text[at];
            bool isLineStart = at == 0 || text[at - 1] == '\n';
            if (char.IsWhiteSpace(first))
            {
                at++;
            }
            else if (first == '#')
            {
                at = EndOf(text, "\n", at);
            }
            else if (first == ';' && isLineStart)
            {
                int end = EndOf(text, "\n;", at);
                yield return (text[(at + 1)..end], true);
                at = end + 2;
            }
            else if (first is '\'' or '"')
            {
                int end = text.IndexOf(first, at + 1);
                while (end > 0 && end + 1 < text.Length && !char.IsWhiteSpace(text[end + 1]))
                {
                    end = text.IndexOf(first, end + 1);
                }

                end = end < 0 ? text.Length : end;
                yield return (text[(at + 1)..end], true);
                at = end + 1;
            }
            else
            {
                int end = at;
                while (end < text.Length && !char.IsWhiteSpace(text[end]))
                {
                    end++;
                }

                yield return (text[at..end], false);
                at = end;
            }
        }
    }

    private static int EndOf(string text, string what, int from) =>
        text.IndexOf(what, from, StringComparison.Ordinal) is >= 0 and var end ? end : text.Length;
}
