using System.Text;
using Hutch.Catalog.Search;
using Hutch.Model.Search;
using Hutch.Model.Units;
using Hutch.Types.Documents;

namespace Hutch.Datasets.Search;

/// <summary>
/// A search, by the known types: words; <c>type:NAME</c>; and conditions on attributes and on the fields of every dataset,
/// <c>wavelength &lt; 1 Å</c>, <c>owner:ada</c>. <see cref="QueryText"/> splits a line into these.
/// </summary>
/// <param name="Types">Types that the dataset must have, itself or by inheritance.</param>
public sealed record SearchQuery(string Text, IReadOnlyList<string> Types, IReadOnlyList<FactCondition> Conditions)
{
    /// <summary>The beginnings of addresses before a DOI, an ORCID iD and a ROR id, which are found in any notation.</summary>
    private static readonly string[] Resolvers =
    [
        "https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi.org/", "doi:",
        "https://orcid.org/", "http://orcid.org/", "https://ror.org/",
    ];

    private const string NoWords = "The search has no letters and digits to look for.";

    /// <summary>Parts that have no meaning, which explain a search without results: types that do not exist, unknown names.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>True if it is empty, and so finds every dataset.</summary>
    public bool AsksNothing => string.IsNullOrWhiteSpace(Text) && Types.Count == 0 && Conditions.Count == 0;

    /// <summary>Parses typed text. Only a part that looks like a condition, or like a type, can be wrong.</summary>
    public static Result<SearchQuery> Parse(string text, TypeCatalog types)
    {
        return QueryText.Parse(text).Then(parts => Read(parts, types));
    }

    private static Result<SearchQuery> Read(IReadOnlyList<QueryPart> parts, TypeCatalog types)
    {
        List<QueryCondition> ofType = [.. parts.OfType<QueryCondition>().Where(IsOnType)];
        if (ofType.Find(one => one.Operator is not (QueryCondition.Colon or "=")) is { } other)
        {
            return QueryText.Reject(other.Position, "a type is asked for as type:NAME, which finds what inherits from it too.");
        }

        if (ofType.Find(one => !TypeReader.IsTypeName(one.Value.ToLowerInvariant())) is { } wrong)
        {
            return QueryText.Reject(
                wrong.Position,
                $"'type:' is followed by {Display.Quote(wrong.Value)}, which is no name of a type; `hutch type list` lists them.");
        }

        string[] wanted = [.. ofType.Select(one => one.Value.ToLowerInvariant())];
        var names = new SearchNames(wanted, types);
        var words = new StringBuilder();
        var conditions = new List<FactCondition>();
        for (int i = 0; i < parts.Count; i++)
        {
            if (WordsOf(parts[i], names) is { } text)
            {
                words.Append(text).Append(' ');
            }
            else if (parts[i] is QueryCondition typed && !IsOnType(typed))
            {
                if (!names.Read(WithUnit(typed, parts, ref i)).TryGet(out FactCondition? condition, out HutchError? refusal))
                {
                    return QueryText.Reject(typed.Position, refusal.Message);
                }

                conditions.Add(condition);
            }
        }

        int count = SearchExpression.WordsOf(words.ToString()).Count;
        return count > SearchExpression.MaxWords
            ? ErrorCode.BadRequest.With($"A search has at most {SearchExpression.MaxWords} words, and this one has {count}.")
            : new SearchQuery(words.ToString(), wanted, conditions)
            {
                Notes = count + wanted.Length + conditions.Count == 0 && parts.Count > 0
                    ? [NoWords] : [.. NotesOn(wanted, parts, types, names)],
            };
    }

    private static IEnumerable<string> NotesOn(
        IEnumerable<string> wanted, IEnumerable<QueryPart> parts, TypeCatalog types, SearchNames names)
    {
        foreach (string type in wanted.Where(type => types.Find(type) is null).Distinct())
        {
            string suggestion = Suggestion.For(type, types.Types.Select(static known => known.Name));
            yield return $"There is no type {Display.Quote(type)}{suggestion} `hutch type list` lists them.";
        }

        foreach (QueryCondition condition in parts.OfType<QueryCondition>().Where(part => !IsOnType(part)))
        {
            if (WordsOf(condition, names) is not null)
            {
                yield return $"There is no attribute {Display.Quote(condition.Name)}, so that {Display.Quote(condition.Written)} was "
                    + "searched for as text.";
            }
        }
    }

    /// <summary>
    /// Returns the words of a part; null for a condition. A part with a colon is a condition only if its name is known, or nearly known.
    /// </summary>
    private static string? WordsOf(QueryPart part, SearchNames names) => part switch
    {
        QueryTerms { IsQuoted: false } word => WithoutResolver(word.Text) ?? WordStem.Of(word.Text),
        QueryTerms words => words.Text,
        QueryCondition { Operator: QueryCondition.Colon } doi when WithoutResolver(doi.Written) is { } name => name,
        QueryCondition { Operator: QueryCondition.Colon } condition when !names.IsNearly(condition.Name) => condition.Written,
        _ => null,
    };

    /// <summary>Returns a DOI, ORCID iD or ROR id without the address of its resolver; null for other text.</summary>
    private static string? WithoutResolver(string text) => Resolvers
        .Where(resolver => text.StartsWith(resolver, StringComparison.OrdinalIgnoreCase))
        .Select(resolver => text[resolver.Length..]).FirstOrDefault();

    private static bool IsOnType(QueryCondition condition) =>
        condition.Name.Equals(TypeNames.SearchKey, StringComparison.OrdinalIgnoreCase);

    /// <summary>Adds a unit that follows its number: a word that is a unit, after a number without one, belongs to the condition.</summary>
    private static QueryCondition WithUnit(QueryCondition condition, IReadOnlyList<QueryPart> parts, ref int i)
    {
        bool takesUnit = !condition.IsQuoted && Quantity.Parse(condition.Value) is { Unit.Length: 0 };
        if (!takesUnit || i + 1 == parts.Count
            || parts[i + 1] is not QueryTerms { IsQuoted: false } next || UnitTable.Find(next.Text) is null)
        {
            return condition;
        }

        i++;
        return condition with { Value = condition.Value + " " + next.Text };
    }
}
