using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Zone.Sites;

/// <summary>A site as the others know it: by its key, and where it is dialled. The site beside the zone is one too.</summary>
/// <param name="Id">Its id; that of the zone for the site beside it.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Key">The fingerprint of its key.</param>
/// <param name="Address">Where it is dialled, HOST:PORT; null where it cannot be.</param>
public sealed record SitePeer(string Id, string Name, BlobHash Key, string? Address)
{
    /// <summary>A site of the zone.</summary>
    public static SitePeer Of(SiteRecord site) => new(site.Id, site.Name, site.Key, site.Address);

    /// <summary>The site beside the zone.</summary>
    public static SitePeer Of(JoinedZoneRecord zone) => new(zone.Zone, "the site of the zone", zone.Key, zone.Address);
}
