using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Site.Committing;
using Hutch.Site.Heads;
using Hutch.Zone.Authorization;
using Hutch.Zone.Sites;

namespace Hutch.Datasets.Sites;

/// <summary>
/// Where a dataset is read from: here, when this site is its home or has a copy, or through its home. Every door asks here before it reads.
/// </summary>
public sealed class ReadPlaces
{
    private readonly AuthorizedServices _own;
    private readonly HeadReader _heads;
    private readonly SiteRegistry _sites;
    private readonly IReadThrough? _others;

    internal ReadPlaces(AuthorizedServices own, HeadReader heads, SiteRegistry sites, IReadThrough? others) =>
        (_own, _heads, _sites, _others) = (own, heads, sites, others);

    /// <summary>What reads a version of a dataset for a caller. Whoever may not view it is refused by what this gives.</summary>
    public async ValueTask<Result<AuthorizedServices>> FindAsync(
        Caller caller, DatasetId dataset, SnapshotRef? at, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (_others is null || caller.IsRemembered)
        {
            return _own;
        }

        bool isTrashed = false;
        if (await _heads.DatasetAsync(dataset, ct) is { IsOk: true, Value: SiteDataset { Ended: null } here })
        {
            isTrashed = here is { Copy: not null, TrashedUntil: not null };
            if (!isTrashed)
            {
                return _own;
            }
        }

        Result<Access> access = await _own.Authorizer.AuthorizeAsync(caller, dataset, Operation.DatasetView, ct);
        if (!access.IsOk || access.Value.Dataset.Home.SiteId == _sites.OwnId)
        {
            return _own;
        }

        if (WhyOver(access.Value.Dataset) is { } over)
        {
            return isTrashed ? _own : over;
        }

        bool isFixed = at?.Kind is SnapshotRefKind.Number or SnapshotRefKind.HashPrefix;
        return await _others.OpenAsync(_own, caller, access.Value.Dataset, isFixed, ct);
    }

    /// <summary>Why nobody reads what its home has deleted, at any site, also what was read before; null while it is there.</summary>
    public static HutchError? WhyOver(NameRecord name) =>
        name.Home.EndedAt is not null ? ErrorCode.Gone.With($"Dataset '{name.FullName}' was deleted, and its bytes have ended at its home.")
        : name.Home.TrashedUntil is { } until ? DatasetState.InTrash(name.FullName, until)
        : null;
}
