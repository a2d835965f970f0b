using Hutch.Catalog.Search;

namespace Hutch.Datasets.Search;

/// <summary>The range of a search.</summary>
/// <param name="Caller">The caller, whose rights count; null for a search of publications only, which is equal for all.</param>
/// <param name="WithPublications">True to find publications of datasets that the caller may not see, too.</param>
/// <param name="Hidden">Datasets that are not found at the site that asks; null for none.</param>
public sealed record SearchScope(Caller? Caller, bool WithPublications, SearchExclusion? Hidden = null)
{
    public static SearchScope Publications { get; } = new(null, true);
}
