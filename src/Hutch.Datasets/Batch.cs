namespace Hutch.Datasets;

/// <summary>Some of a list.</summary>
/// <param name="Items">In the order of the list.</param>
/// <param name="Next">Where the rest begins, as whoever asks for it gives it back; null when this is the end.</param>
public sealed record Batch<T>(IReadOnlyList<T> Items, string? Next);
