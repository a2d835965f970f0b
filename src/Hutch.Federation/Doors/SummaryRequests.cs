using Hutch.Federation.Wire;

namespace Hutch.Federation.Doors;

/// <summary>Takes in what homes say of their datasets. The key of the connection says which site speaks.</summary>
internal sealed class SummaryRequests(SiteRegistry registry, SummaryRegistry summaries)
{
    public void AddTo(SiteRoutes routes) => routes.Add(PeerCalls.Summaries, ReceiveAsync);

    public async Task<Result<SummariesAnswer>> ReceiveAsync(BlobHash key, SummariesUpdate update, CancellationToken ct)
    {
        if (!(await SiteRequests.FindSenderAsync(registry, key, ct)).TryGet(out SitePeer? site, out HutchError? refusal))
        {
            return refusal;
        }

        return update.Summaries.Count > SiteProtocol.MaxSummaries || update.Summaries.Contains(null!)
            ? ErrorCode.InvalidBody.With($"At most {SiteProtocol.MaxSummaries} datasets are told of at once.")
            : (await summaries.ReceiveAsync(site.Id, update.Summaries, ct)).Then<SummariesAnswer>(
                static notTaken => new SummariesAnswer { NotTaken = notTaken });
    }
}
