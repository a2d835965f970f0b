using Hutch.Catalog.Search;
using Hutch.Types.Documents;

namespace Hutch.Datasets.Search;

/// <summary>The fields of every dataset, in the form of attributes of types: a search asks for both in the same way.</summary>
/// <remarks>Where a type has an attribute of the same name, the name means the field of every dataset.</remarks>
internal static class DatasetFields
{
    /// <summary>Owner, state and so on, in the order in which people are shown them.</summary>
    public static IReadOnlyList<TypeAttribute> All { get; } =
    [
        Field("type", AttributeKind.Text),
        Field("owner", AttributeKind.Text),
        Field("state", AttributeKind.Choice, "open", "closed"),
        Field("kind", AttributeKind.Choice, "original", "derived", "following"),
        Field("visibility", AttributeKind.Choice, SearchFacts.Private, SearchFacts.Embargo, SearchFacts.Public),
        Field("created", AttributeKind.Time),
        Field("published", AttributeKind.Time),
        Field("author", AttributeKind.Text),
        Field("orcid", AttributeKind.Text),
        Field("keyword", AttributeKind.Text),
        Field("funder", AttributeKind.Text),
        Field("license", AttributeKind.Text),
    ];

    /// <summary>The fields that searches always count.</summary>
    public static IEnumerable<TypeAttribute> Counted { get; } =
        [.. All.Where(static field => field.Name is not ("kind" or "orcid" or "keyword" or "funder"))];

    /// <summary>The fields that a list of publications counts: year, person, type, licence and access.</summary>
    public static IEnumerable<TypeAttribute> CountedOfPublications { get; } =
        [.. All.Where(static field => field.Name is "published" or "author" or "type" or "license" or "visibility")];

    public static TypeAttribute? Find(string name) => All.FirstOrDefault(field => field.Name == name);

    public static SearchField FieldOf(TypeAttribute attribute) => new(
        All.Contains(attribute) ? ":" + attribute.Name : attribute.Name,
        attribute.ValueKind is AttributeKind.Text or AttributeKind.Choice
            ? ""
            : SearchAttributes.DimensionOf(attribute.ValueKind, attribute.Unit));

    /// <summary>
    /// The field by which an attribute is counted, as a search for a value finds it: a type with those that inherit from it, and a term of
    /// a vocabulary with narrower ones.
    /// </summary>
    public static SearchField CountedBy(TypeAttribute attribute)
    {
        SearchField field = attribute.Vocabulary is null ? FieldOf(attribute) : SearchAttributes.WithNarrower(attribute);
        return field == SearchField.Type ? SearchField.Family : field;
    }

    private static TypeAttribute Field(string name, AttributeKind kind, params string[] choices) =>
        new() { Name = name, Title = char.ToUpperInvariant(name[0]) + name[1..], Kind = kind, Choices = choices };
}
