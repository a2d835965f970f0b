namespace Hutch.Catalog.Search;

/// <summary>The beginning of the indexed texts of a dataset, to say where a word was found.</summary>
/// <param name="Text">Lines: name, title and type, then the keys and values of the metadata.</param>
/// <param name="Files">Words of file names; only for a caller that may list files.</param>
public readonly record struct IndexedText(string Text, string Files);
