namespace Hutch.Catalog.Search;

/// <summary>What a typed word finds because somebody is called so, in the words of <see cref="SearchAudience"/>.</summary>
/// <param name="Owners">Who owns a dataset.</param>
/// <param name="Shared">Whom it is shared with: asked only of datasets of which the caller may know that.</param>
public sealed record SearchPeople(IReadOnlyCollection<string> Owners, IReadOnlyCollection<string> Shared);
