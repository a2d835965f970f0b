namespace Hutch.Types.Units;

/// <summary>What a unit measures. Only values of one dimension can be compared.</summary>
/// <param name="Name">For people: a length, an energy.</param>
/// <param name="SiUnit">The unit of the SI; it stands for the dimension in the index of the search, and never changes.</param>
public sealed record Dimension(string Name, string SiUnit);
