using Hutch.Federation.Doors;
using Hutch.Federation.Wire;
using Hutch.Site.Life.Quotas;

namespace Hutch.Federation.Quotas;

/// <summary>Answers the zone about quotas at a home, before a dataset gets another owner.</summary>
internal sealed class QuotaRequests(SiteRegistry registry, OwnerQuotaSpace quotaSpace)
{
    public void AddTo(SiteRoutes routes) => routes.Add(PeerCalls.Quota, FindAsync);

    /// <summary>Refuses, as a quota would, an owner without enough quota for some datasets.</summary>
    public async Task<Result<DoneAnswer>> FindAsync(BlobHash key, QuotaRequest request, CancellationToken ct) =>
        registry.Zone?.Key != key ? ErrorCode.Forbidden.With("Only the zone asks for the room of owners.")
        : await quotaSpace.FindRefusalAsync([request.Dataset, .. request.With ?? []], request.Owner, request.IsExact, ct) is { } refusal
            ? refusal
        : new DoneAnswer();
}
