namespace Hutch.Types.Validation;

/// <param name="Path">The key; dots separate sections, and brackets hold the number of an item.</param>
public sealed record MetadataFinding(string Path, FindingKind Kind, string Message)
{
    public override string ToString() => $"{Path}: {Message}";
}
