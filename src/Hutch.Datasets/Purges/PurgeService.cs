using Hutch.Datasets.Registry;
using Hutch.Datasets.Sites;
using Hutch.Model;
using Hutch.Zone.Authorization;
using Hutch.Zone.Purges;

namespace Hutch.Datasets.Purges;

/// <summary>Ends datasets at every site of the zone, for its administrators, and says which sites have not done that yet.</summary>
public sealed class PurgeService(PurgeRegistry purges, ISiteNetwork? network)
{
    /// <summary>Orders that a dataset ends at every site. There is no way back; once more, it changes nothing.</summary>
    public async Task<Result<NamedPurge>> OrderAsync(Caller caller, DatasetId dataset, string reason, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.PurgeOrder);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        if (LifecycleService.WhyNoReason(reason) is { } refusal)
        {
            return refusal;
        }

        return network is null
            ? ErrorCode.Unavailable.With("This server cannot speak with other sites.")
            : (await purges.OrderAsync(caller, dataset, reason, await network.SealAsync(ct), ct)).Then(Name);
    }

    /// <inheritdoc cref="PurgeRegistry.ListAsync"/>
    public async Task<Result<IReadOnlyList<NamedPurge>>> ListAsync(Caller caller, CancellationToken ct) =>
        (await purges.ListAsync(caller, ct)).Then(all => Result<IReadOnlyList<NamedPurge>>.Ok([.. all.Select(one => Name(one).Value)]));

    private Result<NamedPurge> Name(PurgeStanding standing) => new NamedPurge(standing, network?.Name ?? "this site");
}

/// <summary>How far a purge is, and what the site beside the zone is called.</summary>
public sealed record NamedPurge(PurgeStanding Standing, string OwnName);
