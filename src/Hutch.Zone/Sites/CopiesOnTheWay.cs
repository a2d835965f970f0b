using Hutch.Catalog.Zone;
using Hutch.Model.Zone;

namespace Hutch.Zone.Sites;

/// <summary>The copies that come to sites, or are to come.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Copies">The first of them: those that move before those that wait.</param>
public sealed record CopiesOnTheWay(long Count, IReadOnlyList<ComingCopy> Copies);

/// <summary>A copy that comes to a site.</summary>
/// <param name="Name">The dataset.</param>
/// <param name="Home">The site that is its home; null for the one beside the zone.</param>
/// <param name="Copy">The copy, and the site that gets it.</param>
public sealed record ComingCopy(NameRecord Name, SiteRecord? Home, CopyAtSite Copy)
{
    /// <summary>Null for what has no name any more, and for a site that was removed.</summary>
    internal static ComingCopy? Find(ZoneTables tables, CopyRecord copy)
    {
        CopyAtSite at = new CopyAtSite(tables.Sites.Find(copy.SiteId), copy).WithoutPaths();
        return tables.Names.Find(copy.Dataset) is { } name && at.Site?.RemovedAt is null
            ? new ComingCopy(name, tables.Sites.Find(name.Home.SiteId), at)
            : null;
    }
}
