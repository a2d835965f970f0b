namespace Hutch.Types.Mapping;

/// <summary>A person whom a facility's file names. Personal data: for members of the dataset only.</summary>
/// <param name="Name">The name; null where the file says none.</param>
/// <param name="Email">The address; null where the file says none.</param>
/// <param name="Affiliation">Where the person works; null where the file says nothing.</param>
public sealed record Contact(string? Name, string? Email, string? Affiliation);
