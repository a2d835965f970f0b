namespace Hutch.Model.Search;

/// <summary>
/// Shortens English words to the beginning that their forms share. Searches find words by their beginning, so <c>crystals</c>,
/// <c>crystal</c> and <c>crystallised</c> are found by <c>crystal</c>.
/// </summary>
public static class WordStem
{
    /// <summary>The least length of what is left: shorter beginnings are those of unrelated words.</summary>
    private const int LeastLetters = 4;

    /// <summary>Endings, the longest first, with the least length of what is left without each of them.</summary>
    private static readonly (string Ending, int Least)[] Endings = [("ies", 5), ("ing", 4), ("es", 5), ("is", 5), ("ed", 4), ("s", 4)];

    /// <summary>Returns the beginning of a word; a word that is not in lower-case letters of ASCII stays as it is.</summary>
    public static string Of(string word)
    {
        if (!word.All(char.IsAsciiLetterLower) || word.EndsWith("ss", StringComparison.Ordinal))
        {
            return word;
        }

        foreach ((string ending, int least) in Endings)
        {
            if (word.Length - ending.Length >= least && word.EndsWith(ending, StringComparison.Ordinal))
            {
                return Single(word[..^ending.Length]);
            }
        }

        return word;
    }

    /// <summary>Drops a consonant that was doubled before an ending: scanned, scanning.</summary>
    private static string Single(string stem) =>
        stem.Length > LeastLetters && stem[^1] == stem[^2] && !"aeiouls".Contains(stem[^1], StringComparison.Ordinal) ? stem[..^1] : stem;
}
