using System.Text;
using Hutch.Catalog.Search;
using Hutch.Model;
using Hutch.Model.Search;
using Hutch.Types.Catalog;
using Hutch.Types.Documents;
using Hutch.Types.Units;

namespace Hutch.Datasets.Search;

/// <summary>
/// What a person searches for, by the types that are known: words; <c>type:NAME</c>; and conditions on attributes and on what every dataset
/// has, <c>wavelength &lt; 1 Å</c>, <c>owner:ada</c>. How a line is split into these, <see cref="QueryText"/> says.
/// </summary>
/// <param name="Text">The words.</param>
/// <param name="Types">Types of which the dataset must be, itself or by inheritance.</param>
/// <param name="Conditions">What is asked of values.</param>
public sealed record SearchQuery(string Text, IReadOnlyList<string> Types, IReadOnlyList<FactCondition> Conditions)
{
    /// <summary>Whether it is empty, and so asks for every dataset.</summary>
    public bool AsksNothing => string.IsNullOrWhiteSpace(Text) && Types.Count == 0 && Conditions.Count == 0;

    /// <summary>Reads what was typed. Only what looks like a condition, or like a type, can be wrong.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="types">The types whose attributes can be asked for.</param>
    public static Result<SearchQuery> Parse(string text, TypeCatalog types)
    {
        ArgumentNullException.ThrowIfNull(types);
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
            : new SearchQuery(words.ToString(), wanted, conditions);
    }

    /// <summary>The words of a part; null for a condition. With a colon only what is known is one, or what is nearly written so.</summary>
    private static string? WordsOf(QueryPart part, SearchNames names) => part switch
    {
        QueryTerms words => words.Text,
        QueryCondition { Operator: QueryCondition.Colon } condition when !names.IsNearly(condition.Name) => condition.Written,
        _ => null,
    };

    private static bool IsOnType(QueryCondition condition) =>
        condition.Name.Equals(TypeNames.SearchKey, StringComparison.OrdinalIgnoreCase);

    /// <summary>A unit may stand behind its number: a word that is one, after a number without, belongs to the condition.</summary>
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
