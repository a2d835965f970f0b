using System.Text.Json;

namespace Hutch.Contracts;

/// <summary>A type of datasets.</summary>
public sealed record TypeInfo
{
    /// <summary>Name, such as <c>mx/rotation</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Name for people.</summary>
    public required string Title { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>The type whose attributes it has too; absent for <c>generic</c>.</summary>
    public string? Parent { get; init; }

    /// <summary><c>built-in</c>, or <c>site</c>: from a file of this installation.</summary>
    public required string Origin { get; init; }

    /// <summary>Its name, that of its parent, and so on to <c>generic</c>.</summary>
    public required IReadOnlyList<string> Lineage { get; init; }

    /// <summary>Its attributes and those that it inherits, in the order in which they are shown; absent in lists.</summary>
    public IReadOnlyList<TypeAttributeInfo>? Attributes { get; init; }

    /// <summary>Patterns of the names of its files; absent in lists.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary>The YAML document from which it is read; absent in lists.</summary>
    public string? Document { get; init; }
}

/// <summary>What a type says of one value of the metadata.</summary>
public sealed record TypeAttributeInfo
{
    /// <summary>Key in the metadata document; dots lead into sections.</summary>
    public required string Name { get; init; }

    /// <summary>Name for people.</summary>
    public required string Title { get; init; }

    /// <summary><c>text</c>, <c>number</c>, <c>integer</c>, <c>boolean</c>, <c>time</c>, <c>choice</c> or <c>list</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Kind of the items of a list.</summary>
    public string? Items { get; init; }

    /// <summary>Unit of a number that is written without one.</summary>
    public string? Unit { get; init; }

    /// <summary>The units in which it may be written, that one among them.</summary>
    public IReadOnlyList<string>? Units { get; init; }

    /// <summary>Least number, in that unit.</summary>
    public double? Min { get; init; }

    /// <summary>Greatest number, in that unit.</summary>
    public double? Max { get; init; }

    /// <summary>Texts of a choice.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>Whether the metadata are incomplete without it.</summary>
    public required bool Required { get; init; }

    /// <summary>What it says.</summary>
    public string? Description { get; init; }
}

/// <summary>The metadata of a dataset as its type reads them.</summary>
public sealed record DatasetAttributes
{
    /// <summary>Type of the dataset.</summary>
    public required string Type { get; init; }

    /// <summary>Name of the type for people; absent when this server does not know the type.</summary>
    public string? TypeTitle { get; init; }

    /// <summary>What the metadata say of the attributes, in the order of the type.</summary>
    public required IReadOnlyList<AttributeValueInfo> Attributes { get; init; }

    /// <summary>What does not fit the type. Data are stored all the same.</summary>
    public required IReadOnlyList<MetadataProblem> Problems { get; init; }

    /// <summary>Keys at the top of the document that the type does not know.</summary>
    public required IReadOnlyList<string> Others { get; init; }
}

/// <summary>What a file says of its dataset and nobody has said yet.</summary>
public sealed record SuggestedMetadataInfo
{
    /// <summary>Path of the file; absent where none says anything.</summary>
    public string? File { get; init; }

    /// <summary>The type that fits; absent for a dataset that has one.</summary>
    public string? Type { get; init; }

    /// <summary>Name of that type for people.</summary>
    public string? TypeTitle { get; init; }

    /// <summary>Values that the metadata document has not.</summary>
    public required IReadOnlyList<SuggestedValueInfo> Values { get; init; }
}

/// <summary>What a file says of an attribute.</summary>
public sealed record SuggestedValueInfo
{
    /// <summary>Key in the metadata document.</summary>
    public required string Name { get; init; }

    /// <summary>Name for people.</summary>
    public required string Title { get; init; }

    /// <summary>The value as it would stand in the document: in the unit of the file.</summary>
    public required JsonElement Value { get; init; }
}

/// <summary>What the metadata say of an attribute.</summary>
public sealed record AttributeValueInfo
{
    /// <summary>Key in the metadata document; dots lead into sections.</summary>
    public required string Name { get; init; }

    /// <summary>Name for people.</summary>
    public required string Title { get; init; }

    /// <summary>The value as people read it, without the unit.</summary>
    public required string Text { get; init; }

    /// <summary>The unit in which it was written; absent for none.</summary>
    public string? Unit { get; init; }

    /// <summary>The value as it stands in the document.</summary>
    public required JsonElement Value { get; init; }

    /// <summary>Numbers in the unit of the SI.</summary>
    public IReadOnlyList<double>? Si { get; init; }

    /// <summary>That unit; absent for none.</summary>
    public string? SiUnit { get; init; }

    /// <summary>What the attribute says.</summary>
    public string? Description { get; init; }
}

/// <summary>Something in a metadata document that does not fit the type.</summary>
public sealed record MetadataProblem
{
    /// <summary>Key, with dots into sections; the number of an item in brackets.</summary>
    public required string Path { get; init; }

    /// <summary><c>missing</c>, <c>wrong-kind</c>, <c>wrong-unit</c> or <c>out-of-range</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What was found and what is expected, in a sentence.</summary>
    public required string Message { get; init; }
}
