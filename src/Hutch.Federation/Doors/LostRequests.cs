using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Losses;
using Hutch.Zone.Sites;

namespace Hutch.Federation.Doors;

/// <summary>What a zone hears of sites that were declared lost and come back.</summary>
internal sealed class LostRequests(SiteRegistry registry, LostHomes losses)
{
    /// <summary>Gives what a site had accepted, and the new home does not know, a name.</summary>
    public async Task<Result<ReturnedName>> NameAsync(BlobHash key, LostTold told, CancellationToken ct) =>
        SiteRequests.NotTheZone(registry) is { } elsewhere ? elsewhere
        : await registry.FindPeerAsync(key, ct) is not { } site ? SiteRequests.NoSuchSite(key)
        : await losses.NameAsync(new SiteOfLoss(site.Id, site.Name), told.Dataset, told.Epoch, ct);
}
