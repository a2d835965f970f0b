using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Site.Life.Quotas;
using Hutch.Zone.Replication.Sites;

namespace Hutch.Federation.Doors;

/// <summary>What a home tells its zone of its quotas, before a dataset gets another owner.</summary>
internal sealed class QuotaRequests(SiteRegistry registry, OwnerQuotaSpace room)
{
    /// <summary>Refuses, as a quota would, an owner who has no room for some datasets.</summary>
    public async Task<Result<DoneAnswer>> FindAsync(BlobHash key, QuotaRequest request, CancellationToken ct) =>
        registry.Zone?.Key != key ? ErrorCode.Forbidden.With("Only the zone asks for the room of owners.")
        : await room.FindRefusalAsync([request.Dataset, .. request.With ?? []], request.Owner, request.IsExact, ct) is { } refusal ? refusal
        : new DoneAnswer();
}
