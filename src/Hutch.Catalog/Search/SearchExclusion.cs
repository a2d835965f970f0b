namespace Hutch.Catalog.Search;

/// <summary>Datasets that a search at another site does not find, in words of the index.</summary>
/// <param name="Audience">Hides datasets with one of these words; null hides all.</param>
/// <param name="Types">Hides datasets of these types, by inheritance too.</param>
/// <param name="Unless">Datasets with this word are found all the same.</param>
public sealed record SearchExclusion(IReadOnlyCollection<string>? Audience, IReadOnlyCollection<string> Types, string Unless);
