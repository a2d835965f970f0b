using Hutch.Catalog.Search;
using Hutch.Model.Search;
using Hutch.Model.Units;
using Hutch.Types.Documents;
using Hutch.Types.Validation;

namespace Hutch.Datasets.Search;

/// <summary>
/// The names that a search can ask for: the attributes of its types, and the fields of every dataset. Turns typed text into conditions on
/// values in the units of the SI.
/// </summary>
internal sealed class SearchNames
{
    /// <summary>Numbers nearer than this, relative to their size, are equal: 12.4 keV and 12400 eV differ in their last bits.</summary>
    private const double Tolerance = 1e-9;

    private readonly IReadOnlyCollection<string> _wanted;
    private readonly TypeAttribute[] _known;
    private readonly bool _isNarrowed;

    /// <param name="wanted">The types that the search asks for: their attributes count; without, those of all types.</param>
    public SearchNames(IReadOnlyCollection<string> wanted, TypeCatalog types)
    {
        _wanted = wanted;
        DatasetType[] asked = [.. wanted.SelectMany(types.Family)];
        _isNarrowed = asked.Length > 0;
        _known = [.. DatasetFields.All, .. (_isNarrowed ? asked : types.Types).SelectMany(type => type.Attributes)];
    }

    /// <summary>Returns true if a name is known, allowing for one typing error.</summary>
    public bool IsNearly(string name) => Suggestion.Nearest(name, _known.Select(attribute => attribute.Name), most: 1) is not null;

    public Result<IReadOnlyList<TypeAttribute>> Find(string name)
    {
        TypeAttribute[] meant = DatasetFields.Find(name.ToLowerInvariant()) is { } own
            ? [own]
            : [.. _known.Where(attribute => Is(attribute, name))];
        if (meant.Length > 0)
        {
            return meant;
        }

        string where = _isNarrowed ? $"the type {string.Join(", ", _wanted)} has no attribute" : "no type has an attribute";
        return ErrorCode.BadRequest.With(
            $"{where} {Display.Quote(name)}{Suggestion.For(name, _known.Select(attribute => attribute.Name))} "
            + "Put the word in double quotes to search for it as text.");
    }

    public Result<FactCondition> Read(QueryCondition typed)
    {
        if (!Find(typed.Name).TryGet(out IReadOnlyList<TypeAttribute>? meant, out HutchError? refusal))
        {
            return refusal;
        }

        (string name, string value) = (meant[0].Name, typed.Value);
        string comparison = typed.Operator == QueryCondition.Colon ? "=" : typed.Operator;
        if (value.Trim().Length == 0)
        {
            return ErrorCode.BadRequest.With(
                $"'{name}{typed.Operator}' lacks a value: {MetadataInterpreter.Expected(meant[0])} is expected.");
        }

        TypeAttribute[] numbers = [.. meant.Where(attribute => attribute.IsNumeric)];
        return numbers.Length > 0 && (Quantity.Parse(value) is not null || numbers.Length == meant.Count)
            ? OfNumber(name, comparison, value, numbers)
            : OfOther(name, comparison, value, [.. meant.Where(attribute => !attribute.IsNumeric)]);
    }

    private static bool Is(TypeAttribute attribute, string name) => attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static Result<FactCondition> OfNumber(string name, string comparison, string text, TypeAttribute[] meant)
    {
        if (Quantity.Parse(text) is not { } quantity)
        {
            return ErrorCode.BadRequest.With(
                $"'{name}' is compared with {Display.Quote(text)}; {MetadataInterpreter.Expected(meant[0])} is expected.");
        }

        Unit?[] units = [.. meant.Select(attribute => attribute.Unit).Distinct()];
        if (quantity.Unit.Length == 0)
        {
            string symbols = string.Join(", ", units.Select(unit => unit?.Symbol ?? "none"));
            return units.Length == 1
                ? Compare(name, comparison, units[0], quantity.Value)
                : ErrorCode.BadRequest.With(
                    $"Types write '{name}' in different units ({symbols}): say the unit, "
                    + $"such as {name}{comparison}{text}{units.First(unit => unit is not null)}.");
        }

        foreach (Unit? own in units)
        {
            if (own is not null && UnitTable.Find(quantity.Unit, own.Dimension) is { } unit && unit.Dimension == own.Dimension)
            {
                return Compare(name, comparison, unit, quantity.Value);
            }
        }

        string what = UnitTable.Find(quantity.Unit) is { } other
            ? $"{Display.Quote(quantity.Unit)} is a unit of {other.Dimension.Name}"
            : $"{Display.Quote(quantity.Unit)} is not a unit that is known";
        string[] expected = [.. units.Select(unit => unit is null ? "no unit" : UnitTable.Words(unit.Dimension)).Distinct()];
        return ErrorCode.BadRequest.With($"{what}; '{name}' takes {string.Join(", or ", expected)}.");
    }

    private static FactCondition Compare(string name, string comparison, Unit? unit, double value)
    {
        double si = unit?.ToSi(value) ?? value;
        double slack = Math.Abs(si) * Tolerance;
        return Between(new SearchField(name, SearchAttributes.DimensionOf(AttributeKind.Number, unit)), comparison, si - slack, si + slack);
    }

    /// <summary>A comparison with what reaches from one number to another, both included.</summary>
    private static FactCondition Between(SearchField field, string comparison, double from, double to) => comparison switch
    {
        "<" => new FactCondition(field, null, Greatest: Math.BitDecrement(from)),
        "<=" => new FactCondition(field, null, Greatest: to),
        ">" => new FactCondition(field, null, Least: Math.BitIncrement(to)),
        ">=" => new FactCondition(field, null, Least: from),
        _ => new FactCondition(field, null, from, to, IsNot: comparison == "!="),
    };

    private static Result<FactCondition> OfOther(string name, string comparison, string text, TypeAttribute[] meant)
    {
        TypeAttribute attribute = meant[0];
        SearchField field = DatasetFields.FieldOf(attribute);
        switch (attribute.ValueKind)
        {
            case AttributeKind.Time when MomentText.Parse(text) is { } moment:
                // A date is a whole day: its end is the next one's beginning, and not of it.
                double end = moment.To > moment.From ? Math.BitDecrement(moment.To) : moment.To;
                return Between(field, comparison, moment.From, end);
            case AttributeKind.Time:
            case AttributeKind.Boolean when text.ToLowerInvariant() is not ("true" or "false"):
            case AttributeKind.Choice when !Array.Exists(meant, one => MayBe(one, text)):
                return ErrorCode.BadRequest.With(
                    $"'{name}' is compared with {Display.Quote(text)}; {MetadataInterpreter.Expected(attribute)} is expected.");
            case var _ when comparison is not ("=" or "!="):
                return ErrorCode.BadRequest.With($"'{comparison}' compares numbers and times, and '{name}' is none: use = or !=.");
            case AttributeKind.Boolean:
                double flag = text.Equals("true", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
                return Between(field, comparison, flag, flag);
            case AttributeKind.Text when attribute.Vocabulary is { } vocabulary:
                string label = SearchFacts.TextOf(vocabulary.Find(text)?.Label ?? text);
                return comparison == "="
                    ? new FactCondition(SearchAttributes.WithNarrower(attribute), label)
                    : new FactCondition(field, label, IsNot: true);
            default:
                return new FactCondition(field, SearchFacts.TextOf(text), IsNot: comparison == "!=");
        }
    }

    private static bool MayBe(TypeAttribute attribute, string text) => attribute.ValueKind != AttributeKind.Choice
        || attribute.Choices.Contains(text.Trim(), StringComparer.OrdinalIgnoreCase);
}
