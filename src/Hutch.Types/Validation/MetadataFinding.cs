namespace Hutch.Types.Validation;

/// <summary>Something in a metadata document that does not fit its type.</summary>
/// <param name="Path">The key, with dots into sections; the number of an item in brackets.</param>
/// <param name="Kind">What is the matter.</param>
/// <param name="Message">What was found and what is expected, in a sentence.</param>
public sealed record MetadataFinding(string Path, FindingKind Kind, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Message}";
}
