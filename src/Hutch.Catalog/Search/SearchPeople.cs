namespace Hutch.Catalog.Search;

/// <summary>The users and groups whose names match a typed word, as words of <see cref="SearchAudience"/>.</summary>
/// <param name="Shared">Holders of grants; matched only in datasets whose grants the caller may see.</param>
public sealed record SearchPeople(IReadOnlyCollection<string> Owners, IReadOnlyCollection<string> Shared);
