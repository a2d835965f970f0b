namespace Hutch.Types.Mapping;

/// <param name="Key">The key; dots separate sections.</param>
/// <param name="Split">The separator of a list that the file writes as one text, such as <c>;</c>; null to use the value unchanged.</param>
public sealed record KeySource(string Key, string? Split = null);
