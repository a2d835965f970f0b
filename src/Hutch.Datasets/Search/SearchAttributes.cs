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
            value => value.Items.Take(MaxItems).SelectMany(item => Collect(value.Attribute, item))).Distinct()];
    }

    /// <summary>Returns the dimension of an attribute's numbers: the unit of the SI, or a word for numbers without a unit.</summary>
    public static string DimensionOf(AttributeKind kind, Unit? unit) =>
        unit?.Dimension.SiUnit ?? (kind switch
        {
            AttributeKind.Time => SearchField.Time,
            AttributeKind.Boolean => SearchField.Flag,
            _ => "number",
        });

    private static IEnumerable<SearchFact> Collect(TypeAttribute attribute, SingleValue value)
    {
        if (value.Number is { } number)
        {
            yield return new SearchFact(new SearchField(attribute.Name, DimensionOf(attribute.ValueKind, attribute.Unit)), number, null);
            yield break;
        }

        yield return SearchFacts.OfText(new SearchField(attribute.Name, ""), value.Text);
        if (attribute.Vocabulary is { } vocabulary)
        {
            foreach (string label in vocabulary.Find(value.Text) is { } term
                ? vocabulary.WithBroader(term).Select(static one => one.Label)
                : [value.Text])
            {
                yield return SearchFacts.OfText(WithNarrower(attribute), label);
            }
        }
    }

    /// <summary>The field that has the broader terms of each value, too: a search for a term finds narrower ones.</summary>
    public static SearchField WithNarrower(TypeAttribute attribute) => new(attribute.Name + ">", "");
}
