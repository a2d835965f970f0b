using System.Globalization;
using System.Text;

namespace Hutch.Catalog.Search;

/// <summary>
/// What is asked of the index, in the language of SQLite's FTS5. What a person typed only ever stands in it as quoted strings: nothing in
/// it is an operator.
/// </summary>
public sealed class SearchExpression
{
    /// <summary>Words of one search at most.</summary>
    public const int MaxWords = 16;

    /// <summary>Characters of one word that count.</summary>
    public const int MaxWordCharacters = 100;

    private SearchExpression(string match) => Match = match;

    /// <summary>The right side of MATCH.</summary>
    internal string Match { get; }

    /// <summary>
    /// Datasets with a word that begins so for each word of the text, of those that an audience may find; null when the text has no word.
    /// </summary>
    /// <param name="text">What was typed, words between white space.</param>
    /// <param name="audience">Who asks, in the words of <see cref="SearchAudience"/>; null for who may find everything.</param>
    public static SearchExpression? Of(string text, IReadOnlyCollection<string>? audience)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] words = [.. Split(text).Where(HasToken).Take(MaxWords).Select(Cut)];
        if (words.Length == 0)
        {
            return null;
        }

        string match = "text : (" + string.Join(" AND ", words.Select(word => Quote(word) + " *")) + ")";
        return new SearchExpression(
            audience is null ? match : match + " AND audience : (" + string.Join(" OR ", audience.Select(Quote)) + ")");
    }

    // Control characters separate words as white space does; a NUL would end the expression.
    private static string[] Split(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) || char.IsWhiteSpace(c) ? ' ' : c)).Split(
            ' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Quote(string word) => "\"" + word.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    private static string Cut(string word) => word.Length <= MaxWordCharacters ? word : word[..MaxWordCharacters];

    // A quoted string without a letter or digit has no word for the tokenizer, and would find nothing at all.
    private static bool HasToken(string word) => word.EnumerateRunes().Any(rune => Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber or UnicodeCategory.PrivateUse);
}
