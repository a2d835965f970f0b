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

    /// <summary>The watched folders by path, those that match.</summary>
    public Result<Batch<FacilityFolder>> List(Caller caller, FacilityFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return Allow(caller, Operation.SiteRead).Then<Batch<FacilityFolder>>(folders =>
        {
            int limit = Math.Clamp(filter.Limit, 1, MaxPage);
            List<FacilityFolder> page =
            [
                .. folders.Folders.Where(filter.Matches)
                    .SkipWhile(folder => filter.After is { } after && string.CompareOrdinal(folder.Folder, after) <= 0)
                    .Take(limit + 1),
            ];
            return page.Count <= limit
                ? new Batch<FacilityFolder>(page, null)
                : new Batch<FacilityFolder>([.. page.Take(limit)], page[limit - 1].Folder);
        });
    }

    /// <summary>The watched parents.</summary>
    public Result<IReadOnlyList<FacilityParent>> Parents(Caller caller) =>
        Allow(caller, Operation.SiteRead).Then(folders => Result<IReadOnlyList<FacilityParent>>.Ok(folders.Parents));

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
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.DatasetView, ct);
        return !access.IsOk ? access.Error : agent is null ? NoAgent : await agent.FindRetentionAsync(caller, dataset, ct);
    }

    /// <inheritdoc cref="IFacilityFolders.KeepAsync"/>
    public async Task<Result<FacilityRetention>> KeepAsync(
        Caller caller, DatasetId dataset, DateTimeOffset? until, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.RetentionChange, ct);
        return !access.IsOk ? access.Error : agent is null ? NoAgent : await agent.KeepAsync(caller, dataset, until, ct);
    }

    private Result<IFacilityFolders> Allow(Caller caller, Operation operation)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, operation);
        return !allowed.IsOk ? allowed.Error : agent is null ? NoAgent : Result<IFacilityFolders>.Ok(agent);
    }
}

/// <summary>Which watched folders are wanted.</summary>
public sealed record FacilityFilter
{
    /// <summary>Only those in this state; with <see cref="FacilityFolderState.Attention"/>, all that have a problem.</summary>
    public FacilityFolderState? State { get; init; }

    /// <summary>Only those with this text in their path or in the name of their dataset.</summary>
    public string? Text { get; init; }

    /// <summary>Only those after this path.</summary>
    public string? After { get; init; }

    /// <summary>At most so many.</summary>
    public int Limit { get; init; } = 100;

    internal bool Matches(FacilityFolder folder) =>
        (State is null || folder.State == State || (State == FacilityFolderState.Attention && folder.Problem is not null))
        && (Text is null || folder.Folder.Contains(Text, StringComparison.OrdinalIgnoreCase)
            || folder.Name?.Contains(Text, StringComparison.OrdinalIgnoreCase) == true);
}
