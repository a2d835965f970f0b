namespace Hutch.Contracts;

/// <summary>
/// A program that opens datasets or files, as the operator described it. Placeholders in braces, such as <c>{path}</c>, are replaced by the
/// portal.
/// </summary>
public sealed record OpenWithInfo
{
    /// <summary>Name of the program.</summary>
    public required string Name { get; init; }

    /// <summary>Types of datasets for which it is shown; empty for all.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Endings of the files for which it is shown.</summary>
    public IReadOnlyList<string> Suffixes { get; init; } = [];

    /// <summary>A command to copy; absent if it has an address.</summary>
    public string? Command { get; init; }

    /// <summary>An address of http or https; absent if it has a command.</summary>
    public string? Address { get; init; }
}
