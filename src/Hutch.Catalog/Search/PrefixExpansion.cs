using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Search;

/// <summary>
/// Finds the words of the index with a given prefix. The index can read the datasets of a whole word from the newest down, and stop when
/// the page is full. For a prefix it must first merge the lists of all its words, which takes long if one of them is in every text.
/// </summary>
internal static class PrefixExpansion
{
    /// <summary>The most words that are looked up. With more, each is in few texts, or the page is soon full.</summary>
    private const int Most = 32;

    private const string NextSql = "SELECT term FROM words WHERE term >= @from LIMIT 1";

    /// <summary>
    /// Returns the words of the index with the prefix. Null when they are not needed (the prefix has a list of its own), are too many, or
    /// when the typed text may be spelled differently in the index.
    /// </summary>
    public static IReadOnlyList<string>? Find(SqliteSession session, string typed)
    {
        if (typed.Length <= SearchSchema.LongestListedBeginning || !typed.All(char.IsAsciiLetterOrDigit))
        {
            return null;
        }

        string beginning = typed.ToLowerInvariant();
        var words = new List<string>();
        for (string? next = Next(session, beginning);
            next?.StartsWith(beginning, StringComparison.Ordinal) == true;
            next = Next(session, next + '\0'))
        {
            if (words.Count == Most)
            {
                return null;
            }

            words.Add(next);
        }

        return words;
    }

    private static string? Next(SqliteSession session, string from) =>
        session.Connection.QueryFirstOrDefault<string>(NextSql, new { from });
}
