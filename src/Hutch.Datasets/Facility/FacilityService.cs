namespace Hutch.Datasets.Facility;

/// <summary>The facility agent, for operators; and how long the files of a dataset stay, for its people.</summary>
public sealed class FacilityService(Authorizer authorizer, SharedFacility facility)
{
    /// <summary>A page of the watched folders that match, how many there are in which state, and their parents.</summary>
    public Task<Result<FacilityPage>> ListAsync(Caller caller, FacilityFilter filter, CancellationToken ct) =>
        DoAsync(caller, Operation.SiteRead, new ListFolders(filter), ct);

    /// <inheritdoc cref="IFacilityFolders.Rescan"/>
    public Task<Result<Done>> RescanAsync(Caller caller, string folder, CancellationToken ct) =>
        DoAsync(caller, Operation.FacilityManage, new RescanFolder(folder), ct);

    /// <inheritdoc cref="IFacilityFolders.Scan"/>
    public Task<Result<int>> ScanAsync(Caller caller, CancellationToken ct) =>
        DoAsync(caller, Operation.FacilityManage, new ScanFolders(), ct);

    /// <inheritdoc cref="IFacilityFolders.DraftInviteMailAsync"/>
    public Task<Result<string>> DraftInviteMailAsync(Caller caller, string folder, CancellationToken ct) =>
        DoAsync(caller, Operation.FacilityManage, new DraftInviteMail(folder), ct);

    /// <inheritdoc cref="IFacilityFolders.FindRetentionAsync"/>
    public async Task<Result<FacilityRetention>> FindRetentionAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.DatasetView, ct);
        return access.IsOk ? await facility.DoAsync(new FindRetention(dataset), ct) : access.Error;
    }

    /// <inheritdoc cref="IFacilityFolders.KeepAsync"/>
    public async Task<Result<FacilityRetention>> KeepAsync(
        Caller caller, DatasetId dataset, DateTimeOffset? until, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.RetentionChange, ct);
        return access.IsOk ? await facility.DoAsync(new ExtendRetention(dataset, until, caller.Name), ct) : access.Error;
    }

    private async Task<Result<T>> DoAsync<T>(Caller caller, Operation operation, FacilityRequest<T> request, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, operation);
        return allowed.IsOk ? await facility.DoAsync(request, ct) : allowed.Error;
    }
}
