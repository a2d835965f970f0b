namespace Hutch.Types.Mapping;

/// <summary>The keys of a file that describe one person.</summary>
/// <param name="Name">The key of the name; null for none.</param>
/// <param name="Email">The key of the address; null for none.</param>
/// <param name="Affiliation">The key of the affiliation; null for none.</param>
public sealed record ContactKeys(string? Name, string? Email, string? Affiliation);
