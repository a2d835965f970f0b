namespace Hutch.Catalog.Search;

/// <summary>One fact of a dataset in the form that the index compares: a value of its metadata, or its owner, state and so on.</summary>
/// <param name="Number">The number in the SI unit; null for a text.</param>
/// <param name="Text">The text, lower case; null for a number.</param>
public readonly record struct SearchFact(SearchField Field, double? Number, string? Text, string? Shown = null);
