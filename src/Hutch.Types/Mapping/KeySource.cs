namespace Hutch.Types.Mapping;

/// <summary>The key of a file from which an attribute comes.</summary>
/// <param name="Key">The key, with dots into sections.</param>
/// <param name="Split">
/// What separates the items of a list that the file writes as one text, such as <c>;</c>; null to take the value as it is.
/// </param>
public sealed record KeySource(string Key, string? Split = null);
