using System.Text;
using System.Text.RegularExpressions;

namespace Hutch.Testing;

/// <summary>Writes the lists of generated pages, within the columns of a page.</summary>
public static partial class Markdown
{
    private const int Columns = 118;

    /// <summary>A list item with its line feed.</summary>
    public static string Item(string text) => Wrap("- ", "  ", text);

    /// <summary>A paragraph with its line feed.</summary>
    public static string Paragraph(string text) => Wrap("", "", text);

    /// <summary>The text as a sentence: with a full stop, if it has none.</summary>
    public static string Sentence(string text) => text.Length == 0 || text[^1] is '.' or '!' or '?' ? text : text + ".";

    // Code is never broken, and no line begins with a mark of Markdown.
    private static string Wrap(string first, string rest, string text)
    {
        var lines = new StringBuilder(first);
        int column = first.Length;
        bool isFirst = true;
        foreach (string word in WordPattern().Matches(text).Select(match => match.Value))
        {
            if (!isFirst && column + 1 + word.Length > Columns && !MarkPattern().IsMatch(word))
            {
                lines.Append('\n').Append(rest);
                column = rest.Length;
            }
            else if (!isFirst)
            {
                lines.Append(' ');
                column++;
            }

            lines.Append(word);
            column += word.Length;
            isFirst = false;
        }

        return lines.Append('\n').ToString();
    }

    [GeneratedRegex(@"(?:`[^`]*`|[^\s`])+")]
    private static partial Regex WordPattern();

    [GeneratedRegex(@"^(?:[-*+]$|[>|#]|\d+[.)]$)")]
    private static partial Regex MarkPattern();
}
