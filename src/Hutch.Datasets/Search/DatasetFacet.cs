using System.Text.RegularExpressions;
using Hutch.Catalog.Search;
using Hutch.Model.Search;
using Hutch.Types.Documents;

namespace Hutch.Datasets.Search;

/// <summary>The values of one attribute, or of a field of every dataset, among the datasets that a search finds.</summary>
/// <param name="Kind"><c>text</c>, <c>time</c> or <c>number</c>.</param>
/// <param name="Values">The most frequent texts; the newest months or years of times; no values of numbers.</param>
public sealed partial record DatasetFacet(string Name, string Title, string Kind, IReadOnlyList<DatasetFacetValue> Values, bool IsMore)
{
    /// <summary>The symbol of the unit of its numbers; null for none.</summary>
    public string? Unit { get; init; }

    /// <summary>The least number in the unit of the attribute; null for a field without numbers.</summary>
    public double? Least { get; init; }

    /// <summary>The greatest number in the unit of the attribute; null for a field without numbers.</summary>
    public double? Greatest { get; init; }

    internal static DatasetFacet From(TypeAttribute attribute, FacetCount count) => new(
        attribute.Name,
        attribute.Title,
        attribute.IsNumeric ? "number" : attribute.ValueKind == AttributeKind.Time ? "time" : "text",
        [.. count.Values.Select(value => new DatasetFacetValue(value.Shown, value.Datasets, QueryFor(attribute.Name, value.Shown)))],
        count.IsMore)
    {
        Unit = attribute.Unit?.Symbol,
        Least = InUnit(attribute, count.Least),
        Greatest = InUnit(attribute, count.Greatest),
    };

    private static double? InUnit(TypeAttribute attribute, double? value) =>
        !attribute.IsNumeric ? null : value is { } number && attribute.Unit is { } unit ? unit.FromSi(number) : value;

    private static string QueryFor(string name, string value) =>
        name + ":" + (Plain().IsMatch(value) ? value : QueryText.Quote(value));

    // What needs no quotes.
    [GeneratedRegex(@"\A[\p{L}\p{N}][\p{L}\p{N}_./+-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}

/// <param name="Query">What asks for it in a search.</param>
public sealed record DatasetFacetValue(string Shown, int Datasets, string Query);
