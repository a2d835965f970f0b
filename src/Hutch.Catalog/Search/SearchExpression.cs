namespace Hutch.Catalog.Search;

/// <summary>
/// A query of the index, in the language of SQLite's FTS5. Typed text appears in it only as quoted strings, so it contains no operators.
/// </summary>
public sealed record SearchExpression
{
    public const int MaxWords = 16;

    /// <summary>The number of characters of a word that count.</summary>
    public const int MaxWordCharacters = 100;

    /// <summary>
    /// The size of one OR group. FTS5 tests every word of a group for each dataset that it passes, so thousands of words are split into
    /// groups of this size. Without a separator between them, FTS5 would merge the groups again.
    /// </summary>
    private const int MostBeside = 32;

    private const string FileMark = "0";

    // The marks that FTS5 takes for a part of the word before them; others, as of Hindi, end it.
    private const int FirstMark = 0x300;
    private const int LastMark = 0x331;

    private const string HasPublication = "audience : \"" + SearchAudience.Publication + "\"";

    private const string HasNobody = "audience : \"" + SearchAudience.Nobody + "\"";

    private readonly string[] _words;
    private readonly IReadOnlyCollection<string>? _audience;

    private SearchExpression(string[] words, IReadOnlyCollection<string>? audience) => (_words, _audience) = (words, audience);

    /// <summary>The required types of a dataset; types that inherit from these match, too.</summary>
    public IReadOnlyCollection<string> Types { get; private init; } = [];

    public IReadOnlyList<FactCondition> Conditions { get; private init; } = [];

    /// <summary>Words of <see cref="SearchAudience"/> for a link or restricted token: a result has one of them. Null for others.</summary>
    public IReadOnlyCollection<string>? Within { get; init; }

    /// <summary>
    /// Words of <see cref="SearchAudience"/>. In datasets with one of these, words also match the names of files. Null for every dataset.
    /// </summary>
    public IReadOnlyCollection<string>? Readers { get; init; } = [];

    /// <summary>The same for matches of the users and groups with grants.</summary>
    public IReadOnlyCollection<string>? Managers { get; init; } = [];

    /// <summary>Datasets that are not found; null for none. Only for a caller with an audience.</summary>
    public SearchExclusion? Hidden { get; init; }

    /// <summary>True to find publications of datasets that the caller may not find, too.</summary>
    public bool WithPublications { get; init; }

    /// <summary>The users and groups whose names match a typed word.</summary>
    public IReadOnlyDictionary<string, SearchPeople> People { get; init; } = new Dictionary<string, SearchPeople>();

    /// <summary>
    /// The same without names of files and people, which are not visible to every caller that may find a dataset. For use when the rights
    /// in the index may be out of date.
    /// </summary>
    public SearchExpression OfTextOnly => this with { Readers = [], People = new Dictionary<string, SearchPeople>() };

    /// <summary>
    /// Finds datasets that an audience may find and that match every word of the text as a prefix; null when the text has no word.
    /// </summary>
    /// <param name="text">The typed text, words between white space.</param>
    /// <param name="audience">The words of <see cref="SearchAudience"/> for the caller; null for a caller that may find everything.</param>
    public static SearchExpression? From(string text, IReadOnlyCollection<string>? audience)
    {
        string[] words = [.. WordsOf(text)];
        return words.Length == 0 ? null : new SearchExpression(words, audience);
    }

    /// <summary>Splits a text into words. Callers refuse typed text with more than <see cref="MaxWords"/>.</summary>
    public static IReadOnlyList<string> WordsOf(string text)
    {
        return [.. Split(text).Where(HasToken).Select(Cut)];
    }

    /// <summary>The same, limited to datasets of some types whose attributes fulfil conditions; null when nothing is requested.</summary>
    public static SearchExpression? From(
        string text, IReadOnlyCollection<string>? audience, IReadOnlyCollection<string> types, IReadOnlyList<FactCondition> conditions)
    {
        SearchExpression? words = From(text, audience);
        return words is null && types.Count == 0 && conditions.Count == 0
            ? null
            : new SearchExpression(words?._words ?? [], audience) { Types = types, Conditions = conditions };
    }

    /// <summary>Returns the word for a type in the index: letters and digits only.</summary>
    internal static string TypeWord(string type) => "t" + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(type));

    /// <summary>
    /// Marks words for the index of file names. The mark at the beginning of each word shows at once that a word is in no file name,
    /// without a search in the lists of words in texts.
    /// </summary>
    internal static string FileWords(string words)
    {
        var marked = new StringBuilder();
        bool isInside = false;
        foreach (Rune rune in words.EnumerateRunes())
        {
            bool isOfToken = IsOfToken(rune);
            _ = marked.Append(isOfToken && !isInside ? FileMark : "").Append(rune);
            isInside = isOfToken || (isInside && rune.Value is >= FirstMark and <= LastMark);
        }

        return marked.ToString();
    }

    /// <summary>Finds publications by every word of a text, as its prefix, and by conditions; all for none.</summary>
    public static SearchExpression OfPublications(
        string text, IReadOnlyCollection<string> types, IReadOnlyList<FactCondition> conditions) =>
        new([.. WordsOf(text)], [SearchAudience.Publication]) { Types = types, Conditions = conditions };

    /// <summary>Finds all datasets that an audience may find; all existing ones for null.</summary>
    public static SearchExpression All(IReadOnlyCollection<string>? audience) => new([], audience);

    /// <summary>Returns the right side of MATCH; empty without words, types and restrictions of the audience.</summary>
    /// <param name="endings">Returns the words of the index that begin with a typed one; null to leave that to the index.</param>
    internal string ToMatch(Func<string, IReadOnlyList<string>?> endings)
    {
        string[] parts =
        [
            .. _words.Select(word => Finding(word, endings)),
            .. Types.Select(type => "types : " + Quote(TypeWord(type))),
            .. Finders(),
            .. Having(Within),
        ];
        string match = string.Join(" AND ", parts);
        if (_audience is null && match.Length > 0)
        {
            match = $"({match}) NOT {HasPublication}";
        }

        if (Hidden is not { } hidden)
        {
            return match;
        }

        if (match.Length == 0)
        {
            throw new InvalidOperationException("Datasets are hidden from a caller that may find everything.");
        }

        string unless = "audience : " + Quote(hidden.Unless);
        string[] which =
        [
            .. hidden.Audience is { Count: 0 } ? [] : Having(hidden.Audience),
            .. hidden.Types.Select(static type => "types : " + Quote(TypeWord(type))),
        ];
        return hidden.Audience is null ? $"({match}) AND {unless}" : $"({match}) NOT (({string.Join(" OR ", which)}) NOT {unless})";
    }

    /// <summary>The rights to find a dataset, or else its publication.</summary>
    private string[] Finders()
    {
        string[] found = Having(_audience);
        return !WithPublications || _audience is null ? found
            : [$"({found[0]} OR ({HasPublication} NOT {Having([.. _audience.Select(SearchAudience.Instead)])[0]}))"];
    }

    /// <summary>Combines the places to search for a word: the text and, with the necessary rights, names of files and people.</summary>
    private string Finding(string word, Func<string, IReadOnlyList<string>?> endings)
    {
        List<string> places = ["{text parts} : " + WordsThatBegin(word, endings(word))];
        if (Readers is not { Count: 0 })
        {
            string inFiles = FileWords(word);
            string[] conditions = ["files : " + WordsThatBegin(inFiles, endings(inFiles)), .. Having(Readers)];
            places.Add("(" + string.Join(" AND ", conditions) + ")");
        }

        if (People.TryGetValue(word, out SearchPeople? people))
        {
            places.AddRange(people.Owners.Count > 0 ? Having(people.Owners) : []);
            string[] shared = people.Shared.Count > 0 ? [.. Having(people.Shared), .. Having(Managers)] : [];
            places.AddRange(shared.Length > 0 ? ["(" + string.Join(" AND ", shared) + ")"] : []);
        }

        return "(" + string.Join(" OR ", places) + ")";
    }

    // None of no words would be a mistake in the language: nothing has this one.
    private static string[] Having(IReadOnlyCollection<string>? audience) => audience switch
    {
        null => [],
        { Count: 0 } => [HasNobody],
        { Count: <= MostBeside } => [AnyOf(audience)],
        _ => ["(" + string.Join(" OR ", audience.Chunk(MostBeside).Select(static some => $"({AnyOf(some)} NOT {HasNobody})")) + ")"],
    };

    private static string AnyOf(IEnumerable<string> audience) => "audience : (" + string.Join(" OR ", audience.Select(Quote)) + ")";

    private static string WordsThatBegin(string typed, IReadOnlyList<string>? words) =>
        words is null or [] ? "(" + Quote(typed) + " *)" : "(" + string.Join(" OR ", words.Select(Quote)) + ")";

    // Control characters separate words as white space does; a NUL would end the expression.
    private static string[] Split(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) || char.IsWhiteSpace(c) ? ' ' : c)).Split(
            ' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Quote(string word) => "\"" + word.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    private static string Cut(string word) => word.Length <= MaxWordCharacters ? word : word[..MaxWordCharacters];

    // A quoted string without a letter or digit has no word for the tokenizer, and would find nothing at all.
    private static bool HasToken(string word) => word.EnumerateRunes().Any(IsOfToken);

    private static bool IsOfToken(Rune rune) => Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber or UnicodeCategory.PrivateUse;
}
