using System.Text.RegularExpressions;

namespace Hutch.Architecture.Tests.Reading;

/// <summary>Counts of the sentences of a Markdown page. Code, tables, headings, comments and link targets are left out.</summary>
/// <param name="Words">Words in all sentences.</param>
/// <param name="Sentences">Sentences of at least three words.</param>
/// <param name="LongSentences">Sentences of at least <see cref="LongSentence"/> words.</param>
/// <param name="Idioms">Words and phrases that the house style avoids.</param>
internal sealed partial record Prose(int Words, int Sentences, int LongSentences, int Idioms)
{
    /// <summary>Words in a sentence that is too long.</summary>
    public const int LongSentence = 30;

    private const int ShortestSentence = 3;

    public static Prose operator +(Prose left, Prose right) => new(
        left.Words + right.Words, left.Sentences + right.Sentences, left.LongSentences + right.LongSentences, left.Idioms + right.Idioms);

    public static Prose Read(string page)
    {
        var total = new Prose(0, 0, 0, 0);
        foreach (string sentence in SentencesOf(page))
        {
            int words = WordPattern().Count(sentence);
            total += new Prose(words, 1, words >= LongSentence ? 1 : 0, IdiomPattern().Count(sentence));
        }

        return total;
    }

    private static IEnumerable<string> SentencesOf(string page) =>
        from paragraph in ParagraphsOf(HiddenPattern().Replace(page, " "))
        let plain = LinkPattern().Replace(CodePattern().Replace(paragraph, "X"), "$1")
        from sentence in SentenceEndPattern().Split(plain)
        where WordPattern().Count(sentence) >= ShortestSentence
        select sentence;

    private static IEnumerable<string> ParagraphsOf(string text)
    {
        List<string> paragraph = [];
        foreach (string line in text.Split('\n').Select(line => line.Trim()).Append(""))
        {
            bool isText = line.Length > 0 && line[0] is not ('|' or '#') && !line.StartsWith("---", StringComparison.Ordinal);
            if ((!isText || ItemPattern().IsMatch(line)) && paragraph.Count > 0)
            {
                yield return string.Join(' ', paragraph);
                paragraph.Clear();
            }

            if (isText)
            {
                paragraph.Add(ItemPattern().Replace(line, ""));
            }
        }
    }

    public static bool HasIdiom(string text) => IdiomPattern().IsMatch(text);

    [GeneratedRegex(@"```.*?```|<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex HiddenPattern();

    [GeneratedRegex(@"^([-*+]|\d+\.) ")]
    private static partial Regex ItemPattern();

    [GeneratedRegex(@"`[^`]*`")]
    private static partial Regex CodePattern();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkPattern();

    [GeneratedRegex(@"(?<=[.!?:])\s+(?=[A-Z*`])")]
    private static partial Regex SentenceEndPattern();

    [GeneratedRegex(@"\S+")]
    private static partial Regex WordPattern();

    [GeneratedRegex(
        @"\b(nobody|somebody|whoever|told|tells|of which|goes on|beside|meanwhile|all the same|by itself|is said|who|what (is|it|they)|shall|one after the other)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex IdiomPattern();
}
