namespace Hutch.Zone.Replication.Copies;

/// <param name="Copies">The first of them, with active transfers before waiting ones.</param>
public sealed record IncomingCopies(long Count, IReadOnlyList<IncomingCopy> Copies);

/// <param name="Home">The home of the dataset; null for the zone's own site.</param>
public sealed record IncomingCopy(NameRecord Name, SiteRecord? Home, CopyAtSite Copy)
{
    /// <summary>Returns the copy; null when the dataset no longer has a name, or the site was removed.</summary>
    internal static IncomingCopy? Find(ZoneTables tables, CopyRecord copy)
    {
        CopyAtSite at = new CopyAtSite(tables.Sites.Find(copy.SiteId), copy).WithoutPaths();
        return tables.Names.Find(copy.Dataset) is { } name && at.Site?.RemovedAt is null
            ? new IncomingCopy(name, tables.Sites.Find(name.Home.SiteId), at)
            : null;
    }
}
