namespace Hutch.Contracts;

/// <summary>A type of datasets.</summary>
public sealed record TypeInfo
{
    /// <summary>Name, such as <c>mx/rotation</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Label for display.</summary>
    public required string Title { get; init; }

    /// <summary>Purpose.</summary>
    public string? Description { get; init; }

    /// <summary>The base type, whose attributes it inherits; absent for <c>generic</c>.</summary>
    public string? Parent { get; init; }

    /// <summary><c>built-in</c>, or <c>site</c>: from a file of this installation.</summary>
    public required string Origin { get; init; }

    /// <summary>Its name, the name of its base type, and so on to <c>generic</c>.</summary>
    public required IReadOnlyList<string> Lineage { get; init; }

    /// <summary>Experimental technique of its datasets; absent for none.</summary>
    public VocabularyTermInfo? Technique { get; init; }

    /// <summary>Own and inherited attributes, in order of display; absent in lists.</summary>
    public IReadOnlyList<TypeAttributeInfo>? Attributes { get; init; }

    /// <summary>Patterns of the names of its files; absent in lists.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary>The YAML document that defines it; absent in lists.</summary>
    public string? Document { get; init; }
}

/// <summary>A term of a vocabulary.</summary>
public sealed record VocabularyTermInfo
{
    /// <summary>Identifier within its vocabulary, such as <c>PaNET01164</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Identifier as an address.</summary>
    public required string Address { get; init; }

    /// <summary>Label for display.</summary>
    public required string Label { get; init; }

    /// <summary>Other labels, such as abbreviations.</summary>
    public IReadOnlyList<string>? Aliases { get; init; }
}

/// <summary>An attribute: a type's declaration of one value in the metadata.</summary>
public sealed record TypeAttributeInfo
{
    /// <summary>Key in the metadata document; dots lead into sections.</summary>
    public required string Name { get; init; }

    /// <summary>Label for display.</summary>
    public required string Title { get; init; }

    /// <summary><c>text</c>, <c>number</c>, <c>integer</c>, <c>boolean</c>, <c>time</c>, <c>choice</c> or <c>list</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Kind of the items of a list.</summary>
    public string? Items { get; init; }

    /// <summary>Unit of a number that has none in the document.</summary>
    public string? Unit { get; init; }

    /// <summary>Permitted units, including that one.</summary>
    public IReadOnlyList<string>? Units { get; init; }

    /// <summary>Least number, in that unit.</summary>
    public double? Min { get; init; }

    /// <summary>Greatest number, in that unit.</summary>
    public double? Max { get; init; }

    /// <summary>Texts of a choice.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>Vocabulary whose terms are suggested for a text.</summary>
    public string? Vocabulary { get; init; }

    /// <summary>True if metadata without it are incomplete.</summary>
    public required bool Required { get; init; }

    /// <summary>Meaning.</summary>
    public string? Description { get; init; }
}

/// <summary>The metadata of a dataset, interpreted by its type.</summary>
public sealed record DatasetAttributes
{
    /// <summary>Type of the dataset.</summary>
    public required string Type { get; init; }

    /// <summary>Label of the type for display; absent if this server does not know the type.</summary>
    public string? TypeTitle { get; init; }

    /// <summary>Values of the attributes, in the order of the type.</summary>
    public required IReadOnlyList<AttributeValueInfo> Attributes { get; init; }

    /// <summary>Problems with the type. Data are stored regardless.</summary>
    public required IReadOnlyList<MetadataProblem> Problems { get; init; }

    /// <summary>Keys at the top of the document that the type does not know.</summary>
    public required IReadOnlyList<string> Others { get; init; }
}

/// <summary>Metadata in a file of the dataset that are missing in its document.</summary>
public sealed record SuggestedMetadataInfo
{
    /// <summary>Path of the file; absent if none has any.</summary>
    public string? File { get; init; }

    /// <summary>The matching type; absent for a dataset that has a type.</summary>
    public string? Type { get; init; }

    /// <summary>Label of that type for display.</summary>
    public string? TypeTitle { get; init; }

    /// <summary>Values that are missing in the metadata document.</summary>
    public required IReadOnlyList<SuggestedValueInfo> Values { get; init; }
}

/// <summary>A file's value of an attribute.</summary>
public sealed record SuggestedValueInfo
{
    /// <summary>Key in the metadata document.</summary>
    public required string Name { get; init; }

    /// <summary>Label for display.</summary>
    public required string Title { get; init; }

    /// <summary>The value in the form of the document: in the unit of the file.</summary>
    public required JsonElement Value { get; init; }
}

/// <summary>The value of an attribute in the metadata.</summary>
public sealed record AttributeValueInfo
{
    /// <summary>Key in the metadata document; dots lead into sections.</summary>
    public required string Name { get; init; }

    /// <summary>Label for display.</summary>
    public required string Title { get; init; }

    /// <summary>The value for display, without the unit.</summary>
    public required string Text { get; init; }

    /// <summary>The unit in the document; absent for none.</summary>
    public string? Unit { get; init; }

    /// <summary>The value in the document.</summary>
    public required JsonElement Value { get; init; }

    /// <summary>Numbers in the SI unit.</summary>
    public IReadOnlyList<double>? Si { get; init; }

    /// <summary>The SI unit; absent for none.</summary>
    public string? SiUnit { get; init; }

    /// <summary>Meaning of the attribute.</summary>
    public string? Description { get; init; }
}

/// <summary>A value in a metadata document that does not match the type.</summary>
public sealed record MetadataProblem
{
    /// <summary>Key, with dots into sections; the number of an item in brackets.</summary>
    public required string Path { get; init; }

    /// <summary><c>missing</c>, <c>wrong-kind</c>, <c>wrong-unit</c> or <c>out-of-range</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The value found and the expected one, in a sentence.</summary>
    public required string Message { get; init; }
}
