using Hutch.Model.Sites;

namespace Hutch.Model.Zone;

/// <summary>The consent of a person to logins at a site. It holds while the site has the portal and the key that the person saw.</summary>
/// <param name="Scope">The most that a login there carries.</param>
public sealed record SiteConsentRecord(
    PrincipalId UserId, string SiteId, TokenScope Scope, SitePortal Portal, BlobHash Key, DateTimeOffset GivenAt)
{
    /// <summary>Returns true if it holds for the site as it is now.</summary>
    public bool HoldsFor(SiteRecord site)
    {
        return site.RemovedAt is null && site.Id == SiteId && site.Portal == Portal && site.Key == Key;
    }
}
