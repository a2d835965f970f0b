namespace Hutch.Model.Search;

/// <summary>The searched contents of a dataset apart from its summary, for the index of the zone.</summary>
/// <param name="Document">Its metadata; null for none.</param>
/// <param name="Files">The words of its file names, as the index has them.</param>
public sealed record SearchCard(DatasetId Dataset, string? Document, string Files);
