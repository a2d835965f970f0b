namespace Hutch.Datasets.Replication.Sites;

/// <summary>
/// Routes changes of a dataset to its home, the only site that makes them. A site forwards requests to the home, and the home accepts
/// forwarded requests only for datasets whose home it is.
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

    /// <summary>True if this is the site of the zone, which changes names and rights of datasets with any home.</summary>
    public bool IsZone => Zone is null;

    /// <summary>The zone that this site has joined; null at the site of the zone.</summary>
    public JoinedZoneRecord? Zone => _sites.Zone;

    /// <summary>
    /// Returns the id of the credential by which other sites find a caller of this one: at the zone any, at a site a token for it, also
    /// that of a login. Null for a caller without one, and for a key of a narrowable token at a site, which opens that site only.
    /// </summary>
    public string? FindCredential(Caller caller)
    {
        string? here = IsZone ? caller.CredentialId
            : caller.Token is { Scope.IsNarrowable: false } token ? token.Id
            : null;
        return caller.IsUser ? here : null;
    }

    /// <summary>
    /// Returns the dataset when this site forwards changes of it; null when this site decides. Null also for a caller that may not see it,
    /// as there is nothing to forward then.
    /// </summary>
    public async ValueTask<NameRecord?> FindRemoteHomeAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        // Nothing is forwarded twice.
        if (FindCredential(caller) is null || caller.PassedOnBy is not null)
        {
            return null;
        }

        Result<Access> access = await _authorizer.LocateAsync(caller, dataset, ct);
        return access.IsOk && access.Value.Dataset.Home.SiteId != _sites.OwnId ? access.Value.Dataset : null;
    }

    /// <summary>
    /// Refuses a change that the dataset's home decides, where nothing is forwarded. Null when this site is the home, is about to take
    /// over, or has to report itself that there is no such dataset.
    /// </summary>
    public async ValueTask<HutchError?> CheckWritableAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        Result<SiteDataset> here = await _heads.DatasetAsync(dataset, ct);
        if (here is { IsOk: true, Value.Copy: null }
            || !(await _authorizer.LocateAsync(caller, dataset, ct)).TryGet(out Access access, out _))
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

    /// <summary>
    /// At the zone: refuses datasets that must not be at the site which forwards a request, with the same error as for datasets that do not
    /// exist. Null for a request that no site forwards.
    /// </summary>
    public async ValueTask<HutchError?> CheckServedAsync(Caller caller, IReadOnlyList<DatasetId> datasets, CancellationToken ct) =>
        caller.PassedOnBy is { } site
        && datasets.Except(await _readers.ServedAsync(site, datasets, ct)).Cast<DatasetId?>().FirstOrDefault() is { } hidden
            ? Authorizer.Unseen(caller, hidden)
            : null;

    /// <summary>Returns the reason that a request from another site is not for this one; null when it is.</summary>
    public async ValueTask<HutchError?> CheckHomeAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        Result<NameRecord> name = await _readers.AdmitAsync(
            caller.PassedOnBy!, caller.Token!.Id, dataset, Operation.DatasetView, ct);
        return !name.IsOk ? name.Error : name.Value.Home.SiteId == _sites.OwnId ? null : OneHopOnly;
    }
}

/// <summary>A request that another site has forwarded, as it goes to the door that answers it.</summary>
public sealed record ForwardedRequest(Caller Caller)
{
    /// <summary>True if this site answers it as the zone: the other site then waits until it has received the change.</summary>
    public bool IsOfZone { get; set; }
}
