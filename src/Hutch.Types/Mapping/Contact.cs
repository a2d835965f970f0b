namespace Hutch.Types.Mapping;

/// <summary>A person named in a facility's file. This is personal data, visible only to members of the dataset.</summary>
/// <param name="Name">Null where the file gives none.</param>
/// <param name="Email">Null where the file gives none.</param>
/// <param name="Affiliation">The person's institution; null where the file gives none.</param>
public sealed record Contact(string? Name, string? Email, string? Affiliation);
