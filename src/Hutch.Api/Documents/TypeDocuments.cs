using Hutch.Datasets.Extraction;
using Hutch.Datasets.Types;
using Hutch.Model.Units;
using Hutch.Types.Catalog;
using Hutch.Types.Documents;
using Hutch.Types.Validation;
using Hutch.Types.Vocabularies;

namespace Hutch.Api.Documents;

internal static class TypeDocuments
{
    private const int MaxShownItems = 50;

    /// <summary>Writes types, without their attributes.</summary>
    public static Page<TypeInfo> From(TypeCatalog types) => new() { Items = [.. types.Types.Select(Short)] };

    public static TypeInfo From(DatasetType type) => Short(type) with
    {
        Attributes = [.. type.Attributes.Select(From)],
        Files = type.Files,
        Document = type.Document.Source,
    };

    public static DatasetAttributes From(DescribedMetadata described) => new()
    {
        Type = described.TypeName,
        TypeTitle = described.IsKnown ? described.Type.Document.Title : null,
        Attributes = [.. described.Reading.Values.Select(From)],
        Problems = [.. described.Reading.Findings.Select(From)],
        Others = described.Reading.Others,
    };

    public static SuggestedMetadataInfo From(SuggestedMetadata suggested) => new()
    {
        File = suggested.File,
        Type = suggested.Type?.Name,
        TypeTitle = suggested.Type?.Document.Title,
        Values =
        [
            .. suggested.Values.Select(static value => new SuggestedValueInfo
            {
                Name = value.Attribute.Name,
                Title = value.Attribute.Title,
                Value = JsonElement.Parse(value.Value.ToJsonString()),
            }),
        ],
    };

    private static TypeInfo Short(DatasetType type) => new()
    {
        Name = type.Name,
        Title = type.Document.Title,
        Description = type.Document.Description,
        Parent = type.Parent?.Name,
        Origin = type.IsBuiltIn ? "built-in" : "site",
        Lineage = type.Lineage,
        Technique = type.Technique is { } technique ? From(technique) : null,
    };

    public static Result<Page<VocabularyTermInfo>> FindVocabulary(string name) =>
        Vocabulary.FindByName(name) is { } found
            ? new Page<VocabularyTermInfo> { Items = [.. found.Terms.Select(From)] }
            : ErrorCode.NotFound.With($"There is no vocabulary {Display.Quote(name)}.");

    private static VocabularyTermInfo From(VocabularyTerm term) => new()
    {
        Id = term.Id,
        Address = term.Address,
        Label = term.Label,
        Aliases = term.Aliases.Count > 0 ? term.Aliases : null,
    };

    private static TypeAttributeInfo From(TypeAttribute attribute) => new()
    {
        Name = attribute.Name,
        Title = attribute.Title,
        Kind = TypeNames.For(attribute.Kind),
        Items = attribute.Kind == AttributeKind.List ? TypeNames.For(attribute.Items) : null,
        Unit = attribute.Unit?.Symbol,
        Units = attribute.Unit is { } unit ? [.. UnitTable.Symbols(unit.Dimension)] : null,
        Min = attribute.Min,
        Max = attribute.Max,
        Choices = attribute.Choices.Count > 0 ? attribute.Choices : null,
        Vocabulary = attribute.Vocabulary?.Name,
        Required = attribute.IsRequired,
        Description = attribute.Description,
    };

    private static AttributeValueInfo From(AttributeValue value)
    {
        Unit? unit = value.Items[0].Unit;
        bool oneUnit = value.Items.All(item => item.Unit == unit);
        IEnumerable<string> texts = value.Items.Take(MaxShownItems)
            .Select(item => oneUnit || item.Unit is null ? item.Text : $"{item.Text} {item.Unit}");
        return new AttributeValueInfo
        {
            Name = value.Attribute.Name,
            Title = value.Attribute.Title,
            Text = string.Join(", ", texts) + (value.Items.Count > MaxShownItems ? ", …" : ""),
            Unit = oneUnit ? unit?.Symbol : null,
            Value = value.Json,
            Si = value.Attribute.IsNumeric ? [.. value.Items.Select(item => item.Number!.Value)] : null,
            SiUnit = unit?.Dimension.SiUnit,
            Description = value.Attribute.Description,
        };
    }

    private static MetadataProblem From(MetadataFinding finding) => new()
    {
        Path = finding.Path,
        Kind = finding.Kind switch
        {
            FindingKind.Missing => "missing",
            FindingKind.WrongKind => "wrong-kind",
            FindingKind.WrongUnit => "wrong-unit",
            _ => "out-of-range",
        },
        Message = finding.Message,
    };
}
