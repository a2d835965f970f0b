using Hutch.Federation.Wire;

namespace Hutch.Federation.Doors;

/// <summary>Answers sites that were declared lost and come back, at the zone.</summary>
internal sealed class LostRequests(SiteRegistry registry, LostHomes losses)
{
    public void AddTo(SiteRoutes routes) => routes.Add(PeerCalls.NameLost, NameAsync);

    /// <summary>Gives what a site had accepted, and the new home does not know, a name.</summary>
    public async Task<Result<ReturnedName>> NameAsync(BlobHash key, LostDatasetRequest request, CancellationToken ct) =>
        !(await SiteRequests.FindSenderAsync(registry, key, ct)).TryGet(out SitePeer? site, out HutchError? refusal) ? refusal
        : await losses.NameAsync(new SiteAheadOfHome(site.Id, site.Name), request.Dataset, request.Epoch, ct);
}
