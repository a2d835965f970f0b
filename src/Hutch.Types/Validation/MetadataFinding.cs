namespace Hutch.Types.Validation;

/// <summary>A mismatch between a metadata document and its type.</summary>
/// <param name="Path">The key; dots separate sections, and brackets hold the number of an item.</param>
/// <param name="Message">The value found and the one expected, in a sentence.</param>
public sealed record MetadataFinding(string Path, FindingKind Kind, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Message}";
}
