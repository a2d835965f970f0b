using Hutch.Model.Units;
using Hutch.Types.Vocabularies;

namespace Hutch.Types.Documents;

public sealed record TypeAttribute
{
    /// <summary>The key in the metadata document. Dots separate sections, as in <c>grid.rows</c>.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    public required AttributeKind Kind { get; init; }

    public AttributeKind Items { get; init; } = AttributeKind.Text;

    /// <summary>The unit of a number that is written without one; null where a number has none.</summary>
    public Unit? Unit { get; init; }

    /// <summary>The lowest number, in <see cref="Unit"/>; null for no bound.</summary>
    public double? Min { get; init; }

    /// <summary>The highest number, in <see cref="Unit"/>; null for no bound.</summary>
    public double? Max { get; init; }

    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The vocabulary whose terms are suggested for a text; null for none. Other texts fit, too.</summary>
    public Vocabulary? Vocabulary { get; init; }

    public bool IsRequired { get; init; }

    public string? Description { get; init; }

    /// <summary>The kind of a single value: for a list, the kind of its items.</summary>
    public AttributeKind ValueKind => Kind == AttributeKind.List ? Items : Kind;

    public bool IsNumeric => ValueKind is AttributeKind.Number or AttributeKind.WholeNumber;
}
