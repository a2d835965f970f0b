using Hutch.Datasets.Facility;
using Hutch.Federation.Doors;
using Hutch.Federation.Wire;
using Hutch.Zone.Authorization;

namespace Hutch.Federation.Folders;

/// <summary>
/// Invites, share links, visibility and mails for facility folders of sites, which the zone makes and sends. The dataset must be at home at
/// the site, and the token one that the agent's account made for that site, not a login there: a stolen site gets at what it stores anyway.
/// </summary>
internal sealed class FolderRequests(SiteRegistry registry, SiteReaders readers, HomeRegistry homes, FolderSharing folders)
{
    public void AddTo(SiteRoutes routes) => routes.Add(PeerCalls.Folders, AnswerAsync);

    public async Task<Result<FolderAnswer>> AnswerAsync(BlobHash key, FolderText text, CancellationToken ct)
    {
        if (!(await SiteRequests.FindSenderAsync(registry, key, ct)).TryGet(out SitePeer? site, out HutchError? refusal)
            || !text.Read().TryGet(out FolderRequest? request, out refusal)
            || !(await readers.FindAsync(site.Id, text.Token, ct)).TryGet(out Caller? caller, out refusal))
        {
            return refusal;
        }

        if (caller.Token?.LoginId is not null)
        {
            return ErrorCode.Forbidden.With(
                "A login at a site changes no rights. Let the agent's account make a token for the site (`hutch token create --site`).");
        }

        if (!await homes.IsAtAsync(text.Dataset, site.Id, ct))
        {
            return ErrorCode.NotFound.With($"The dataset {text.Dataset} is not at home at this site.");
        }

        return await folders.DoAsync(caller, request, ct);
    }
}
