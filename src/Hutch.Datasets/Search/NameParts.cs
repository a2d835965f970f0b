namespace Hutch.Datasets.Search;

/// <summary>
/// Collects the later parts of the words of names and titles. The index finds words by their beginning; with <c>stal</c> and <c>ystal</c>
/// as words of their own, it finds <c>crystal</c> by any part of it.
/// </summary>
internal static class NameParts
{
    /// <summary>The least length of a part.</summary>
    public const int LeastCharacters = 3;

    /// <summary>The number of characters of a name and title, together, whose parts are found.</summary>
    private const int MostCharacters = 1000;

    /// <summary>The number of characters at the end of a word whose parts are found: hashes would have too many.</summary>
    private const int MostOfWord = 32;

    /// <summary>Returns the parts, with blanks between them; empty for none.</summary>
    public static string Of(string name, string? title)
    {
        string text = name + " " + title;
        text = text[..Math.Min(text.Length, MostCharacters)];
        var parts = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (Range range in IndexWords.In(text))
        {
            string word = text[range];
            int[] starts = [.. StringInfo.ParseCombiningCharacters(word).Skip(1)];
            foreach (int start in starts.Where(start => word.Length - start is >= LeastCharacters and <= MostOfWord))
            {
                _ = parts.Add(word[start..]);
            }
        }

        return string.Join(' ', parts);
    }
}
