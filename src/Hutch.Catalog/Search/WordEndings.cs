using Dapper;
using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Search;

/// <summary>
/// Which words of the index begin so. The index can read the datasets of a whole word from the newest down, and stop when the page is full;
/// of all words that begin so it has to merge the lists first, which takes long when one of them stands in every text.
/// </summary>
internal static class WordEndings
{
    /// <summary>More words are not looked up: then each stands in few texts, or the page is full soon.</summary>
    private const int Most = 32;

    private const string NextSql = "SELECT term FROM words WHERE term >= @from LIMIT 1";

    /// <summary>
    /// The words of the index that begin so; null when they need not be known (the beginning has a list of its own), are too many, or when
    /// what was typed may stand in the index in another spelling.
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
