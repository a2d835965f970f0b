using Hutch.Catalog.Search;
using Hutch.Model.Units;
using Hutch.Types.Documents;
using Hutch.Types.Validation;

namespace Hutch.Datasets.Search;

internal static class SearchAttributes
{
    /// <summary>Values of one attribute that are compared.</summary>
    private const int MaxItems = 50;

    public static IEnumerable<SearchFact> Collect(string typeName, string? document, TypeCatalog types)
    {
        if (document is null)
        {
            return [];
        }

        using JsonDocument parsed = JsonDocument.Parse(document);
        MetadataReading reading = MetadataInterpreter.Read(types.Find(typeName) ?? types.Top, parsed.RootElement);
        return [.. reading.Values.SelectMany(
            value => value.Items.Take(MaxItems).Select(item => Collect(value.Attribute, item))).Distinct()];
    }

    /// <summary>Returns the dimension of an attribute's numbers: the unit of the SI, or a word for numbers without a unit.</summary>
    public static string DimensionOf(AttributeKind kind, Unit? unit) =>
        unit?.Dimension.SiUnit ?? (kind switch
        {
            AttributeKind.Time => SearchField.Time,
            AttributeKind.Boolean => SearchField.Flag,
            _ => "number",
        });

    private static SearchFact Collect(TypeAttribute attribute, SingleValue value)
    {
        if (value.Number is { } number)
        {
            return new SearchFact(new SearchField(attribute.Name, DimensionOf(attribute.ValueKind, attribute.Unit)), number, null);
        }

        return SearchFacts.OfText(new SearchField(attribute.Name, ""), value.Text);
    }
}
