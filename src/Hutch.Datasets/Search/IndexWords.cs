using System.Text;

namespace Hutch.Datasets.Search;

/// <summary>Splits texts into words as the tokenizer of the index does: of letters, digits and combining marks.</summary>
internal static class IndexWords
{
    /// <summary>Returns the place of each word of a text, in order.</summary>
    public static IEnumerable<Range> In(string text)
    {
        int start = 0;
        int at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!IsOfWord(rune))
            {
                if (at > start)
                {
                    yield return start..at;
                }

                start = at + rune.Utf16SequenceLength;
            }

            at += rune.Utf16SequenceLength;
        }

        if (at > start)
        {
            yield return start..at;
        }
    }

    private static bool IsOfWord(Rune rune) =>
        Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark;
}
