using Hutch.Model;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Facility;

/// <summary>The facility agent, for operators; and how long the files of a dataset stay, for its people.</summary>
public sealed class FacilityService(Authorizer authorizer, IFacilityFolders? agent)
{
    private const int MaxPage = 1000;

    private static readonly HutchError NoAgent = (ErrorCode.NotFound with
    {
        Advice = "List the watched folders under 'agent.folders' in its configuration; docs/operations/facility.md has an example.",
    }).With("This server watches no folders.");

    private static readonly HutchError Elsewhere = (ErrorCode.Unavailable with
    {
        Advice = "Ask the other servers: the one that watches them answers.",
    }).With("Another server of this site watches the folders, or begins to in a moment.");

    /// <summary>A page of the watched folders that match, how many there are in which state, and their parents.</summary>
    public Result<FacilityPage> List(Caller caller, FacilityFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (!Allow(caller, Operation.SiteRead).TryGet(out IFacilityFolders? folders, out HutchError? refusal)
            || !FacilityPlace.Parse(filter.Cursor, filter.IsByNeed).TryGet(out FacilityPlace? after, out refusal))
        {
            return refusal;
        }

        IReadOnlyList<FacilityFolder> all = [.. folders.Folders.Where(filter.MatchesInAnyState)];
        int limit = Math.Clamp(filter.Limit, 1, MaxPage);
        List<(FacilityPlace Place, FacilityFolder Folder)> page =
        [
            .. all.Where(filter.IsInState)
                .Select(folder => (Place: FacilityPlace.Of(folder, filter.IsByNeed), Folder: folder))
                .Where(one => after.CompareTo(one.Place) < 0)
                .OrderBy(one => one.Place)
                .Take(limit + 1),
        ];
        string? next = page.Count > limit ? page[limit - 1].Place.ToString() : null;
        return new FacilityPage([.. page.Take(limit).Select(one => one.Folder)], next, all, folders.Parents);
    }

    /// <inheritdoc cref="IFacilityFolders.Poke"/>
    public Result<Done> Poke(Caller caller, string folder) =>
        Allow(caller, Operation.FacilityManage).Then(folders => folders.Poke(folder));

    /// <inheritdoc cref="IFacilityFolders.Scan"/>
    public Result<int> Scan(Caller caller) => Allow(caller, Operation.FacilityManage).Then<int>(folders => folders.Scan());

    /// <inheritdoc cref="IFacilityFolders.WriteLetterAsync"/>
    public async Task<Result<string>> WriteLetterAsync(Caller caller, string folder, CancellationToken ct)
    {
        Result<IFacilityFolders> allowed = Allow(caller, Operation.FacilityManage);
        return allowed.IsOk ? await allowed.Value.WriteLetterAsync(folder, ct) : allowed.Error;
    }

    /// <inheritdoc cref="IFacilityFolders.FindRetentionAsync"/>
    public async Task<Result<FacilityRetention>> FindRetentionAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        Result<IFacilityFolders> allowed = await AllowAsync(caller, dataset, Operation.DatasetView, ct);
        return allowed.IsOk ? await allowed.Value.FindRetentionAsync(caller, dataset, ct) : allowed.Error;
    }

    /// <inheritdoc cref="IFacilityFolders.KeepAsync"/>
    public async Task<Result<FacilityRetention>> KeepAsync(
        Caller caller, DatasetId dataset, DateTimeOffset? until, CancellationToken ct)
    {
        Result<IFacilityFolders> allowed = await AllowAsync(caller, dataset, Operation.RetentionChange, ct);
        return allowed.IsOk ? await allowed.Value.KeepAsync(caller, dataset, until, ct) : allowed.Error;
    }

    private async ValueTask<Result<IFacilityFolders>> AllowAsync(
        Caller caller, DatasetId dataset, Operation operation, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, operation, ct);
        return access.IsOk ? Here() : access.Error;
    }

    private Result<IFacilityFolders> Allow(Caller caller, Operation operation)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, operation);
        return allowed.IsOk ? Here() : allowed.Error;
    }

    private Result<IFacilityFolders> Here() => agent is null ? NoAgent : agent.IsElsewhere ? Elsewhere : Result<IFacilityFolders>.Ok(agent);
}

