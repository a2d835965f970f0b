using System.Text;
using System.Text.RegularExpressions;
using Hutch.Catalog.Search;
using Hutch.Model;
using Hutch.Types.Catalog;
using Hutch.Types.Documents;

namespace Hutch.Datasets.Search;

/// <summary>
/// What a person searches for: words; <c>type:NAME</c>; and attributes with a comparison, <c>wavelength&lt;1.0A</c>. Blanks separate; what
/// stands in double quotes is only words, or the value of a comparison.
/// </summary>
/// <param name="Text">The words.</param>
/// <param name="Types">Types of which the dataset must be, itself or by inheritance.</param>
/// <param name="Conditions">What is asked of attributes.</param>
public sealed partial record SearchQuery(string Text, IReadOnlyList<string> Types, IReadOnlyList<FactCondition> Conditions)
{
    private const int MaxConditions = 16;

    /// <summary>Reads what was typed. Only what looks like a comparison, or like a type, can be wrong.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="types">The types whose attributes can be asked for.</param>
    public static Result<SearchQuery> Parse(string text, TypeCatalog types)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(types);
        var words = new StringBuilder();
        var wanted = new List<string>();
        var comparisons = new List<Match>();
        foreach (Match token in Tokens().Matches(text))
        {
            string typed = token.Value;
            if (TypeFilter().Match(typed) is { Success: true } type)
            {
                wanted.Add(Unquoted(type.Groups["name"].Value).ToLowerInvariant());
            }
            else if (Comparison().Match(typed) is { Success: true } comparison)
            {
                comparisons.Add(comparison);
            }
            else if (LoneOperator().IsMatch(typed))
            {
                return ErrorCode.BadRequest.With(
                    $"{Display.Quote(typed)} compares nothing: write attribute, operator and value without blanks, such as energy>12keV; "
                    + "put it in double quotes to search for it as text.");
            }
            else
            {
                words.Append(Unquoted(typed)).Append(' ');
            }
        }

        if (wanted.Count + comparisons.Count > MaxConditions)
        {
            return ErrorCode.BadRequest.With($"A search has at most {MaxConditions} types and comparisons.");
        }

        if (wanted.Find(name => !TypeReader.IsTypeName(name)) is { } wrong)
        {
            return ErrorCode.BadRequest.With(
                $"'type:' is followed by {Display.Quote(wrong)}, which is no name of a type; `hutch type list` lists them.");
        }

        var conditions = new List<FactCondition>();
        foreach (Match comparison in comparisons)
        {
            Result<FactCondition> condition = AttributeComparison.Read(
                comparison.Groups["name"].Value.ToLowerInvariant(), comparison.Groups["operator"].Value,
                Unquoted(comparison.Groups["value"].Value), wanted, types);
            if (!condition.IsOk)
            {
                return condition.Error;
            }

            conditions.Add(condition.Value);
        }

        return new SearchQuery(words.ToString(), wanted, conditions);
    }

    private static string Unquoted(string text) => text.Length >= 2 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;

    // Words, words in quotes, and words with a value in quotes; a quote that nothing closes is a character like others.
    [GeneratedRegex("""[^\s"]*"[^"]*"(?=\s|\z)|\S+""", RegexOptions.CultureInvariant)]
    private static partial Regex Tokens();

    [GeneratedRegex(@"\Atype:(?<name>.*)\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex TypeFilter();

    [GeneratedRegex(
        @"\A(?<name>[A-Za-z][A-Za-z0-9_.]*)(?<operator><=|>=|!=|=|<|>)(?<value>.*)\z",
        RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Comparison();

    [GeneratedRegex(@"\A(<=|>=|!=|=|<|>)", RegexOptions.CultureInvariant)]
    private static partial Regex LoneOperator();
}
