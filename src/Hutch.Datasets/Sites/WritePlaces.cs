using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;
using Hutch.Zone.Sites;

namespace Hutch.Datasets.Sites;

/// <summary>
/// Where a dataset is changed: at its home, and nowhere else. A site passes requests on to the home, and the home takes those of a site
/// only for what is at home there.
/// </summary>
public sealed class WritePlaces
{
    private static readonly HutchError OneHopOnly = (ErrorCode.Unavailable with { Advice = "Try again in a few seconds." }).With(
        "The home of this dataset is another site, or was until lately. Nothing was changed.");

    private readonly Authorizer _authorizer;
    private readonly SiteRegistry _sites;
    private readonly SiteReaders _readers;

    internal WritePlaces(Authorizer authorizer, SiteRegistry sites, SiteReaders readers) =>
        (_authorizer, _sites, _readers) = (authorizer, sites, readers);

    /// <summary>
    /// The dataset, when this site passes on what changes it; null when that is decided here, and for whoever may not see it, as there is
    /// nothing to pass on then.
    /// </summary>
    public async ValueTask<NameRecord?> FindElsewhereAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (_sites.Zone is null || caller.Token is null || caller.PassedOnBy is not null)
        {
            return null;
        }

        Result<Access> access = await _authorizer.AuthorizeAsync(caller, dataset, Operation.DatasetView, ct);
        return access.IsOk && access.Value.Dataset.Home.SiteId != _sites.OwnId ? access.Value.Dataset : null;
    }

    /// <summary>Why a request that another site has passed on is not for this one; null when it is.</summary>
    public async ValueTask<HutchError?> WhyNotHereAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        Result<NameRecord> name = await _readers.AdmitAsync(
            caller.PassedOnBy!, caller.Token!.Id, dataset, Operation.DatasetView, ct);
        return !name.IsOk ? name.Error : name.Value.Home.SiteId == _sites.OwnId ? null : OneHopOnly;
    }
}

/// <summary>A request that another site has passed on, as it goes to the door that answers it.</summary>
/// <param name="Caller">Who asks.</param>
public sealed record PassedRequest(Caller Caller);
