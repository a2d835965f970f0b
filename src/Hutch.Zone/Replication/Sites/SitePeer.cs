namespace Hutch.Zone.Replication.Sites;

/// <summary>A site as other sites know it, by its key and address. The zone's own site is one as well.</summary>
/// <param name="Id">The id; for the zone's own site, that of the zone.</param>
/// <param name="Address">The address for connections, HOST:PORT; null for none.</param>
public sealed record SitePeer(string Id, string Name, BlobHash Key, string? Address)
{
    public static SitePeer From(SiteRecord site) => new(site.Id, site.Name, site.Key, site.Address);

    public static SitePeer From(JoinedZoneRecord zone) => new(zone.Zone, "the site of the zone", zone.Key, zone.Address);
}
