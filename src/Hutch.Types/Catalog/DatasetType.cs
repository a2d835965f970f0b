using Hutch.Types.Documents;
using Hutch.Types.Vocabularies;

namespace Hutch.Types.Catalog;

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

    public TypeDocument Document { get; }

    /// <summary>The parent type; null for the top type.</summary>
    public DatasetType? Parent { get; }

    /// <summary>
    /// All attributes, inherited ones first. An overridden attribute keeps its first position and has the definition of the nearest type.
    /// </summary>
    public IReadOnlyList<TypeAttribute> Attributes { get; }

    /// <summary>The type's name, its parent's name, and so on up to the top type.</summary>
    public IReadOnlyList<string> Lineage { get; }

    /// <summary>The experimental technique of its datasets: that of the nearest type that has one; null for none.</summary>
    public VocabularyTerm? Technique => Document.Technique ?? Parent?.Technique;

    /// <summary>Patterns of file names, the type's own first.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>True if the type comes with Hutch rather than from a file of the site.</summary>
    public bool IsBuiltIn { get; }

    /// <inheritdoc cref="TypeDocument.Name"/>
    public string Name => Document.Name;

    public bool Is(string name) => Lineage.Contains(name, StringComparer.Ordinal);
}
