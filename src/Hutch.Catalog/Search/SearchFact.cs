namespace Hutch.Catalog.Search;

/// <summary>
/// One thing that is known of a dataset, as the index compares it: a value of its metadata, or its owner, state and so on.
/// </summary>
/// <param name="Field">Of what.</param>
/// <param name="Number">The number in the unit of the SI; null for a text.</param>
/// <param name="Text">The text, lower case; null for a number.</param>
/// <param name="Shown">The text as it was written, where that differs.</param>
public readonly record struct SearchFact(SearchField Field, double? Number, string? Text, string? Shown = null);
