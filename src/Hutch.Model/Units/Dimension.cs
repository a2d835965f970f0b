namespace Hutch.Model.Units;

/// <summary>A physical dimension. Only values of the same dimension can be compared.</summary>
/// <param name="Name">The name shown to users: a length, an energy.</param>
/// <param name="SiUnit">The SI unit. It represents the dimension in the search index and never changes.</param>
public sealed record Dimension(string Name, string SiUnit);
