namespace Hutch.Contracts;

/// <summary>A page of a list.</summary>
public sealed record Page<T>
{
    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>Pass it as <c>cursor</c> to get the next page; absent on the last one.</summary>
    public string? Next { get; init; }

    /// <summary>Sentences about the list as a whole, such as a zone that cannot be reached; absent without any.</summary>
    public IReadOnlyList<string>? Notes { get; init; }
}
