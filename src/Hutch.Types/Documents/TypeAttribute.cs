using Hutch.Types.Units;

namespace Hutch.Types.Documents;

/// <summary>What a type says of one value of the metadata.</summary>
public sealed record TypeAttribute
{
    /// <summary>The key in the metadata document; dots lead into sections, as in <c>grid.rows</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The name for people.</summary>
    public required string Title { get; init; }

    /// <summary>What the value may be.</summary>
    public required AttributeKind Kind { get; init; }

    /// <summary>Of a list: what each of its values may be.</summary>
    public AttributeKind Items { get; init; } = AttributeKind.Text;

    /// <summary>The unit of a number that is written without one; null where a number has none.</summary>
    public Unit? Unit { get; init; }

    /// <summary>The least number, in <see cref="Unit"/>; null for any.</summary>
    public double? Min { get; init; }

    /// <summary>The greatest number, in <see cref="Unit"/>; null for any.</summary>
    public double? Max { get; init; }

    /// <summary>The texts of a choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Whether the metadata are incomplete without it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>A sentence or two; null for none.</summary>
    public string? Description { get; init; }

    /// <summary>The kind of each single value: that of the items of a list.</summary>
    public AttributeKind ValueKind => Kind == AttributeKind.List ? Items : Kind;

    /// <summary>Whether values are numbers.</summary>
    public bool IsNumeric => ValueKind is AttributeKind.Number or AttributeKind.WholeNumber;
}
