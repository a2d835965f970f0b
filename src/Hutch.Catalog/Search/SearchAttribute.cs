namespace Hutch.Catalog.Search;

/// <summary>One value of a dataset's metadata, as the index compares it.</summary>
/// <param name="Name">The attribute.</param>
/// <param name="Dimension">What a number measures, by the unit of the SI; other words for what has none. Empty for a text.</param>
/// <param name="Number">The number in that unit; null for a text.</param>
/// <param name="Text">The text, lower case; null for a number.</param>
public readonly record struct SearchAttribute(string Name, string Dimension, double? Number, string? Text);
