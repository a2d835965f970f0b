using System.Globalization;
using System.Text;

namespace Hutch.Catalog.Search;

/// <summary>
/// What is asked of the index, in the language of SQLite's FTS5. What a person typed only ever stands in it as quoted strings: nothing in
/// it is an operator.
/// </summary>
public sealed record SearchExpression
{
    /// <summary>Words of one search at most.</summary>
    public const int MaxWords = 16;

    /// <summary>Characters of one word that count.</summary>
    public const int MaxWordCharacters = 100;

    /// <summary>
    /// FTS5 looks at each of the words that stand beside each other for each dataset that it passes: a thousand groups are asked in
    /// groups of these, which it would make one again if nothing stood between.
    /// </summary>
    private const int MostBeside = 32;

    private const string FileMark = "0";

    // The marks that FTS5 takes for a part of the word before them; others, as of Hindi, end it.
    private const int FirstMark = 0x300;
    private const int LastMark = 0x331;

    private const string HasNobody = "audience : \"" + SearchAudience.Nobody + "\"";

    private readonly string[] _words;
    private readonly IReadOnlyCollection<string>? _audience;

    private SearchExpression(string[] words, IReadOnlyCollection<string>? audience) => (_words, _audience) = (words, audience);

    /// <summary>The types of which a dataset must be, each itself or one that inherits from it.</summary>
    public IReadOnlyCollection<string> Types { get; private init; } = [];

    /// <summary>What is asked of attributes.</summary>
    public IReadOnlyList<FactCondition> Conditions { get; private init; } = [];

    /// <summary>
    /// Further words of <see cref="SearchAudience"/> of which a dataset must have one: a link or a restricted token reaches no others.
    /// Null for no such limit.
    /// </summary>
    public IReadOnlyCollection<string>? Within { get; init; }

    /// <summary>
    /// Words of <see cref="SearchAudience"/> of which a dataset has one if words are found in the names of its files too; null for every
    /// dataset.
    /// </summary>
    public IReadOnlyCollection<string>? Readers { get; init; } = [];

    /// <summary>The same for whom it is shared with.</summary>
    public IReadOnlyCollection<string>? Managers { get; init; } = [];

    /// <summary>What words find because somebody is called so.</summary>
    public IReadOnlyDictionary<string, SearchPeople> People { get; init; } = new Dictionary<string, SearchPeople>();

    /// <summary>
    /// The same without names of files and people, which not everybody may know who may find a dataset: for when it is not sure that the
    /// rights in the index are those of now.
    /// </summary>
    public SearchExpression OfTextOnly => this with { Readers = [], People = new Dictionary<string, SearchPeople>() };

    /// <summary>
    /// Datasets with a word that begins so for each word of the text, of those that an audience may find; null when the text has no word.
    /// </summary>
    /// <param name="text">What was typed, words between white space.</param>
    /// <param name="audience">Who asks, in the words of <see cref="SearchAudience"/>; null for who may find everything.</param>
    public static SearchExpression? Of(string text, IReadOnlyCollection<string>? audience)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] words = [.. WordsOf(text)];
        return words.Length == 0 ? null : new SearchExpression(words, audience);
    }

    /// <summary>The words of a text: whoever takes what people type refuses more than <see cref="MaxWords"/>.</summary>
    public static IReadOnlyList<string> WordsOf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. Split(text).Where(HasToken).Select(Cut)];
    }

    /// <summary>The same, of datasets of some types whose attributes fulfil conditions; null when nothing at all is asked.</summary>
    public static SearchExpression? Of(
        string text, IReadOnlyCollection<string>? audience, IReadOnlyCollection<string> types, IReadOnlyList<FactCondition> conditions)
    {
        ArgumentNullException.ThrowIfNull(types);
        ArgumentNullException.ThrowIfNull(conditions);
        SearchExpression? words = Of(text, audience);
        return words is null && types.Count == 0 && conditions.Count == 0
            ? null
            : new SearchExpression(words?._words ?? [], audience) { Types = types, Conditions = conditions };
    }

    /// <summary>The word by which the index knows a type: letters and digits only.</summary>
    internal static string TypeWord(string type) => "t" + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(type));

    /// <summary>
    /// Words as the index knows them in names of files: each begins with a sign of its own, so that what is in no such name is known at
    /// once, and need not be looked for in the lists of what texts have.
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

    /// <summary>All datasets that an audience may find; all there are for null.</summary>
    public static SearchExpression All(IReadOnlyCollection<string>? audience) => new([], audience);

    /// <summary>The right side of MATCH; empty when neither words nor types are asked, by somebody who may find everything.</summary>
    /// <param name="endings">The words of the index that begin as a typed one; null to leave that to the index.</param>
    internal string ToMatch(Func<string, IReadOnlyList<string>?> endings)
    {
        string[] parts =
        [
            .. _words.Select(word => Finding(word, endings)),
            .. Types.Select(type => "types : " + Quote(TypeWord(type))),
            .. Having(_audience),
            .. Having(Within),
        ];
        return string.Join(" AND ", parts);
    }

    /// <summary>Where a word may be found: in the text, in names of files and among people for who may know these.</summary>
    private string Finding(string word, Func<string, IReadOnlyList<string>?> endings)
    {
        List<string> places = ["text : " + WordsThatBegin(word, endings(word))];
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
