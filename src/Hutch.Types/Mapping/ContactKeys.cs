namespace Hutch.Types.Mapping;

/// <summary>The keys of a file that describe one person; null for keys that it does not have.</summary>
public sealed record ContactKeys(string? Name, string? Email, string? Affiliation);
