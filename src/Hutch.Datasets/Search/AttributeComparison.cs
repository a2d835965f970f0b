using Hutch.Catalog.Search;
using Hutch.Model;
using Hutch.Types.Catalog;
using Hutch.Types.Documents;
using Hutch.Types.Units;
using Hutch.Types.Validation;

namespace Hutch.Datasets.Search;

/// <summary>
/// Turns a comparison that was typed into a condition on values in the units of the SI, by what the types say of the attribute.
/// </summary>
internal static class AttributeComparison
{
    /// <summary>
    /// Numbers nearer than this count as equal, relative to their size: 12.4 keV and 12400 eV differ in their last bits when they are
    /// converted.
    /// </summary>
    private const double Tolerance = 1e-9;

    /// <summary>Reads a comparison.</summary>
    /// <param name="name">The attribute.</param>
    /// <param name="comparison">The operator.</param>
    /// <param name="value">The value, with its unit.</param>
    /// <param name="wanted">The types that the search asks for: their attributes count; without, those of all types.</param>
    /// <param name="types">All types.</param>
    public static Result<FactCondition> Read(
        string name, string comparison, string value, IReadOnlyCollection<string> wanted, TypeCatalog types)
    {
        DatasetType[] asked = [.. wanted.SelectMany(types.Family)];
        TypeAttribute[] known = [.. (asked.Length > 0 ? asked : types.Types).SelectMany(type => type.Attributes)];
        TypeAttribute[] meant = [.. known.Where(attribute => attribute.Name == name)];
        if (meant.Length == 0)
        {
            string where = asked.Length > 0 ? $"The type {string.Join(", ", wanted)} has no attribute" : "No type has an attribute";
            return ErrorCode.BadRequest.With(
                $"{where} {Display.Quote(name)}{Suggestion.For(name, known.Select(attribute => attribute.Name))} "
                + "Put the word in double quotes to search for it as text.");
        }

        if (value.Trim().Length == 0)
        {
            return ErrorCode.BadRequest.With($"'{name}{comparison}' lacks a value: {MetadataInterpreter.Expected(meant[0])} is expected.");
        }

        TypeAttribute[] numbers = [.. meant.Where(attribute => attribute.IsNumeric)];
        return numbers.Length > 0 && (Quantity.Parse(value) is not null || numbers.Length == meant.Length)
            ? OfNumber(name, comparison, value, numbers)
            : OfOther(name, comparison, value, meant.First(attribute => !attribute.IsNumeric));
    }

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
        return Between(FieldOf(name, AttributeKind.Number, unit), comparison, si - slack, si + slack);
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

    private static SearchField FieldOf(string name, AttributeKind kind, Unit? unit = null) =>
        new(name, SearchAttributes.DimensionOf(kind, unit));

    private static Result<FactCondition> OfOther(string name, string comparison, string text, TypeAttribute attribute)
    {
        switch (attribute.ValueKind)
        {
            case AttributeKind.Time when MomentText.Parse(text) is { } moment:
                // A date is a whole day: its end is the next one's beginning, and not of it.
                double end = moment.To > moment.From ? Math.BitDecrement(moment.To) : moment.To;
                return Between(FieldOf(name, AttributeKind.Time), comparison, moment.From, end);
            case AttributeKind.Time:
            case AttributeKind.Boolean when text.ToLowerInvariant() is not ("true" or "false"):
                return ErrorCode.BadRequest.With(
                    $"'{name}' is compared with {Display.Quote(text)}; {MetadataInterpreter.Expected(attribute)} is expected.");
            case var _ when comparison is not ("=" or "!="):
                return ErrorCode.BadRequest.With($"'{comparison}' compares numbers and times, and '{name}' is none: use = or !=.");
            case AttributeKind.Boolean:
                double flag = text.Equals("true", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
                return Between(FieldOf(name, AttributeKind.Boolean), comparison, flag, flag);
            default:
                return new FactCondition(new SearchField(name, ""), SearchFacts.TextOf(text), IsNot: comparison == "!=");
        }
    }
}
