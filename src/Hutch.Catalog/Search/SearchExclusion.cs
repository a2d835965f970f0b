namespace Hutch.Catalog.Search;

/// <summary>Datasets excluded from the searches of another site, in words of the index.</summary>
/// <param name="Audience">Hides datasets with one of these words; null hides all.</param>
/// <param name="Types">Hides datasets of these types, by inheritance too.</param>
/// <param name="Unless">Datasets with this word are not excluded.</param>
public sealed record SearchExclusion(IReadOnlyCollection<string>? Audience, IReadOnlyCollection<string> Types, string Unless);
