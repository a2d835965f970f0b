using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Heads;
using Hutch.Zone.Authorization;
using Hutch.Zone.Replication.Sites;

namespace Hutch.Datasets.Replication.Sites;

/// <summary>
/// Where a dataset is changed: at its home, and nowhere else. A site passes requests on to the home, and the home takes those of a site
/// only for what is at home there.
/// </summary>
public sealed class WriteRouter
{
    private static readonly HutchError OneHopOnly = (ErrorCode.Unavailable with { Advice = "Try again in a few seconds." }).With(
        "The home of this dataset is another site, or was until lately. Nothing was changed.");

    private readonly Authorizer _authorizer;
    private readonly SiteRegistry _sites;
    private readonly SiteReaders _readers;
    private readonly HeadReader _heads;

    internal WriteRouter(Authorizer authorizer, SiteRegistry sites, SiteReaders readers, HeadReader heads) =>
        (_authorizer, _sites, _readers, _heads) = (authorizer, sites, readers, heads);

    /// <summary>Whether this is the site of the zone, which changes names and rights whatever the home is.</summary>
    public bool IsZone => _sites.Zone is null;

    /// <summary>
    /// The dataset, when this site passes on what changes it; null when that is decided here, and for whoever may not see it, as there is
    /// nothing to pass on then.
    /// </summary>
    public async ValueTask<NameRecord?> FindRemoteHomeAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        // A site has no sessions, and nothing here is passed on twice.
        bool isKnownThere = caller.IsUser && (IsZone ? caller.CredentialId is not null : caller.Token is not null);
        if (!isKnownThere || caller.PassedOnBy is not null)
        {
            return null;
        }

        Result<Access> access = await _authorizer.AuthorizeAsync(caller, dataset, Operation.DatasetView, ct);
        return access.IsOk && access.Value.Dataset.Home.SiteId != _sites.OwnId ? access.Value.Dataset : null;
    }

    /// <summary>
    /// Why something of a dataset that its home decides is not changed here, where nothing is passed on; null when this site is the home,
    /// is about to take over, or has to say itself that there is no such dataset.
    /// </summary>
    public async ValueTask<HutchError?> CheckWritableAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        Result<SiteDataset> here = await _heads.DatasetAsync(dataset, ct);
        if (here is { IsOk: true, Value.Copy: null }
            || !(await _authorizer.AuthorizeAsync(caller, dataset, Operation.DatasetView, ct)).TryGet(out Access access, out _))
        {
            return null;
        }

        return access.Dataset.Home.SiteId == _sites.OwnId ? null
            : here is { IsOk: true, Value.IsReleased: true } ? DatasetState.RequireHome(here.Value).Error
            : (ErrorCode.Conflict with { Advice = "Make the change there, with a token for that site." }).With(
                $"'{access.Dataset.FullName}' is at home at {await NameAsync(access.Dataset.Home.SiteId, ct)}.");
    }

    private async ValueTask<string> NameAsync(string siteId, CancellationToken ct) =>
        siteId == _sites.Zone?.Zone ? "the site of the zone" : "the site " + ((await _sites.FindPeerAsync(siteId, ct))?.Name ?? siteId);

    /// <summary>Why a request that another site has passed on is not for this one; null when it is.</summary>
    public async ValueTask<HutchError?> CheckHomeAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        Result<NameRecord> name = await _readers.AdmitAsync(
            caller.PassedOnBy!, caller.Token!.Id, dataset, Operation.DatasetView, ct);
        return !name.IsOk ? name.Error : name.Value.Home.SiteId == _sites.OwnId ? null : OneHopOnly;
    }
}

/// <summary>A request that another site has passed on, as it goes to the door that answers it.</summary>
/// <param name="Caller">Who asks.</param>
public sealed record ForwardedRequest(Caller Caller);
