namespace Hutch.Contracts;

/// <summary>One difference between two trees.</summary>
public sealed record DiffLine
{
    /// <summary>Path in the dataset.</summary>
    public required string Path { get; init; }

    /// <summary><c>added</c>, <c>removed</c> or <c>changed</c>.</summary>
    public required string Change { get; init; }

    /// <summary>The entry in the first tree; absent when added.</summary>
    public EntryInfo? Before { get; init; }

    /// <summary>The entry in the second tree; absent when removed.</summary>
    public EntryInfo? After { get; init; }
}
