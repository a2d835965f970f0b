using Hutch.Datasets.Registry;
using Hutch.Datasets.Replication.Sites;
using Hutch.Site.Replication.Evicting;
using Hutch.Zone.Replication.Purges;

namespace Hutch.Datasets.Purges;

/// <summary>Ends datasets at every site of the zone, for its administrators, and says which sites have not done that yet.</summary>
public sealed class PurgeService(PurgeRegistry purges, Evictions evictions, ISiteSigner signer)
{
    /// <summary>Orders that a dataset ends at every site. There is no way back; once more, it changes nothing.</summary>
    public async Task<Result<NamedPurge>> OrderAsync(Caller caller, DatasetId dataset, string reason, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.PurgeOrder);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        if (SitePurgeService.CheckReason(reason) is { } refusal)
        {
            return refusal;
        }

        // The dataset whose bytes are computed again would be lost with it.
        if (await evictions.FindReliantAsync(dataset, ct) is { } relied)
        {
            return relied;
        }

        return (await purges.OrderAsync(caller, dataset, reason, await signer.SealAsync(ct), ct)).Then(Name);
    }

    /// <summary>Lists ordered purges, the newest first.</summary>
    /// <param name="onlyOpen">Only those that a site has not carried out yet.</param>
    /// <param name="cursor">The end of the page before; null for the first.</param>
    public async Task<Result<Batch<NamedPurge>>> ListAsync(Caller caller, bool onlyOpen, string? cursor, int limit, CancellationToken ct)
    {
        DatasetId? after = null;
        if (cursor is not null)
        {
            if (!DatasetId.TryParse(cursor, out DatasetId last))
            {
                return ErrorCode.BadRequest.With($"{Display.Quote(cursor)} is not the 'next' of a page of this list.");
            }

            after = last;
        }

        return (await purges.ListAsync(caller, onlyOpen, after, limit, ct)).Then(some => Result<Batch<NamedPurge>>.Ok(new Batch<NamedPurge>(
            [.. some.Select(one => Name(one).Value)], some.Count == limit ? some[^1].Purge.Order.Dataset.ToString() : null)));
    }

    private Result<NamedPurge> Name(PurgeStatus standing) => new NamedPurge(standing, signer.Name);
}

public sealed record NamedPurge(PurgeStatus Status, string OwnName);
