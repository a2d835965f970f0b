namespace Hutch.Datasets;

/// <param name="Items">In the order of the list.</param>
/// <param name="Next">The cursor of the rest, for the next request; null at the end.</param>
public sealed record Batch<T>(IReadOnlyList<T> Items, string? Next)
{
    /// <summary>Sentences about the list as a whole; empty for none.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
