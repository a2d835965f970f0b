using Hutch.Types.Documents;

namespace Hutch.Types.Catalog;

/// <summary>A type with what it inherits.</summary>
public sealed class DatasetType
{
    internal DatasetType(TypeDocument document, DatasetType? parent, IReadOnlyList<TypeAttribute> attributes, bool isBuiltIn)
    {
        Document = document;
        Parent = parent;
        Attributes = attributes;
        IsBuiltIn = isBuiltIn;
        Lineage = [document.Name, .. parent?.Lineage ?? []];
        Files = [.. document.Files.Concat(parent?.Files ?? []).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>What its own document says.</summary>
    public TypeDocument Document { get; }

    /// <summary>The type from which it inherits; null for the one at the top.</summary>
    public DatasetType? Parent { get; }

    /// <summary>All attributes: inherited ones first, each at its first place and as the nearest type has it.</summary>
    public IReadOnlyList<TypeAttribute> Attributes { get; }

    /// <summary>Its name, that of its parent, and so on to the top.</summary>
    public IReadOnlyList<string> Lineage { get; }

    /// <summary>Patterns of the names of files, its own first.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Whether it comes with Hutch, not from a file of the site.</summary>
    public bool IsBuiltIn { get; }

    /// <inheritdoc cref="TypeDocument.Name"/>
    public string Name => Document.Name;

    /// <summary>Whether it is a type or inherits from it.</summary>
    public bool Is(string name) => Lineage.Contains(name, StringComparer.Ordinal);
}
