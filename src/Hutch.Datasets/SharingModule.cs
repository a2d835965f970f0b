using Hutch.Datasets.Facility;
using Hutch.Datasets.Registry;
using Hutch.Datasets.Replication.Sites;

namespace Hutch.Datasets;

/// <summary>Share links, tokens for steps of programs, and rights for facility folders, which the zone's own site gives out.</summary>
public sealed class SharingModule
{
    /// <summary>
    /// Makes it; <paramref name="questions"/> asks other sites, and is null where there are none. <paramref name="portal"/> is the address
    /// of the portal, and null where it is not configured.
    /// </summary>
    public SharingModule(ZoneServices zone, IPeerRequests? questions, Uri? portal)
    {
        Steps = new StepService(zone.JobTokens, zone.Sites, questions);
        Links = new LinkService(zone.Authorizer, zone.Sharing, zone.Sites, questions, portal);
        Folders = new FolderSharing(
            zone.Authorizer, zone.Invites, zone.Sharing, zone.Publications, zone.Notices, zone.Mailbox, zone.Sites, questions, portal);
    }

    public LinkService Links { get; }

    public FolderSharing Folders { get; }

    public StepService Steps { get; }
}
