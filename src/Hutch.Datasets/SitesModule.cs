using Hutch.Datasets.Replication.Sites;

namespace Hutch.Datasets;

/// <summary>The sites of the zone: members, logins at them, and checks of their records.</summary>
public sealed class SitesModule
{
    /// <param name="network">The connections to other sites; null where this server is alone.</param>
    public SitesModule(ZoneServices zone, SiteServices site, ISiteSigner signer, ISiteNetwork? network, TimeProvider time)
    {
        Confirmations = new SiteConfirmations(zone.Sites, network, time);
        ZoneLogins = new ZoneLoginService(zone.ZoneLoginClient, network);
        Sites = new SiteService(zone.Sites, zone.SiteLoginAuthorizer, zone.SiteConsents, site.Records, Confirmations, signer, network);
        SiteCheck = new SiteCheck(site.Records, site.Blobs, network);
    }

    /// <summary>Waits until sites know a change of rights.</summary>
    public SiteConfirmations Confirmations { get; }

    /// <summary>Logins of browsers through the zone that this site has joined.</summary>
    public ZoneLoginService ZoneLogins { get; }

    public SiteService Sites { get; }

    /// <summary>Compares the records of a site with those that the zone expects.</summary>
    public SiteCheck SiteCheck { get; }
}
