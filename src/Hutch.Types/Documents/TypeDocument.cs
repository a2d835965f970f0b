using Hutch.Types.Vocabularies;

namespace Hutch.Types.Documents;

/// <summary>A type as its document defines it, without inherited attributes.</summary>
public sealed record TypeDocument
{
    public required string Name { get; init; }

    /// <summary>The type whose attributes it inherits; null for the top type.</summary>
    public string? Parent { get; init; }

    public required string Title { get; init; }

    public string? Description { get; init; }

    /// <summary>The experimental technique of its datasets, a term of PaNET; null for that of the parent.</summary>
    public VocabularyTerm? Technique { get; init; }

    /// <summary>The type's own attributes, in display order.</summary>
    public IReadOnlyList<TypeAttribute> Attributes { get; init; } = [];

    /// <summary>Patterns of the type's file names, such as <c>*.mrc</c>.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The extractors of metadata from the type's files, exactly as written. Unused for now.</summary>
    public JsonArray? Extractors { get; init; }

    /// <summary>The previewers of the type's files, exactly as written. Unused for now.</summary>
    public JsonArray? Previewers { get; init; }

    /// <summary>The name of the source file, without a folder.</summary>
    public required string File { get; init; }

    public long Line { get; init; } = 1;

    public required string Source { get; init; }
}
