using System.Text.Json.Nodes;

namespace Hutch.Types.Documents;

/// <summary>A type as its document says, without what it inherits.</summary>
public sealed record TypeDocument
{
    /// <summary>The name, such as <c>mx/rotation</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The type whose attributes it has too; null for the one at the top.</summary>
    public string? Parent { get; init; }

    /// <summary>The name for people.</summary>
    public required string Title { get; init; }

    /// <summary>A sentence or two; null for none.</summary>
    public string? Description { get; init; }

    /// <summary>Its own attributes, in the order in which they are shown.</summary>
    public IReadOnlyList<TypeAttribute> Attributes { get; init; } = [];

    /// <summary>Patterns of the names of its files, such as <c>*.mrc</c>.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>What reads metadata out of its files. Kept as it was written; nothing uses it yet.</summary>
    public JsonArray? Extractors { get; init; }

    /// <summary>What shows its files. Kept as it was written; nothing uses it yet.</summary>
    public JsonArray? Previewers { get; init; }

    /// <summary>The file that it came from, without folder.</summary>
    public required string File { get; init; }

    /// <summary>The line of its name in that file.</summary>
    public long Line { get; init; } = 1;

    /// <summary>The YAML as it was written.</summary>
    public required string Source { get; init; }
}
