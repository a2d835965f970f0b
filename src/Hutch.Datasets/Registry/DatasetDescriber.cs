namespace Hutch.Datasets.Registry;

/// <summary>Puts together what a caller may know of a dataset: its name and rights from the zone, its state from the site.</summary>
internal sealed class DatasetDescriber(Authorizer authorizer, LocalDatasets local)
{
    /// <summary>Checks that the caller has the right to an operation on a dataset.</summary>
    public ValueTask<Result<Access>> AuthorizeAsync(Caller caller, DatasetId id, Operation operation, CancellationToken ct) =>
        authorizer.AuthorizeAsync(caller, id, operation, ct);

    /// <summary>Describes a dataset to a caller with the right to an operation on it.</summary>
    public async ValueTask<Result<DatasetDescription>> DescribeAsync(Caller caller, DatasetId id, Operation operation, CancellationToken ct)
    {
        Result<Access> access = operation == Operation.DatasetView
            ? await authorizer.LocateAsync(caller, id, ct)
            : await AuthorizeAsync(caller, id, operation, ct);
        return access.IsOk ? await DescribeAsync(caller, access.Value, ct) : access.Error;
    }

    /// <summary>
    /// Describes the dataset after an operation. The token that sufficed for the operation suffices for its answer, even if it could not
    /// request the description alone.
    /// </summary>
    public async ValueTask<Result<DatasetDescription>> AnswerAsync(
        Caller caller, DatasetId id, Operation operation, Result<SiteDataset> outcome, CancellationToken ct) =>
        outcome.IsOk ? await DescribeAsync(caller, id, operation, ct) : outcome.Error;

    public async ValueTask<Result<DatasetDescription>> DescribeAsync(Caller caller, Access access, CancellationToken ct)
    {
        IReadOnlyList<DatasetDescription> described = await DescribeAsync(caller, [access], ct);
        return described.Count == 1
            ? described[0]
            : ErrorCode.NotFound.With(
                $"The dataset {access.Dataset.FullName} is not at this site, or is just being created. Try again in a moment.");
    }

    /// <summary>Describes those of some datasets that the caller may see, in their order.</summary>
    public async ValueTask<IReadOnlyList<DatasetDescription>> DescribeVisibleAsync(
        Caller caller, IEnumerable<DatasetId> datasets, CancellationToken ct)
    {
        return await DescribeAsync(caller, await AdmitAsync(caller, datasets, ct), ct);
    }

    /// <summary>Those of some datasets that the caller may see, in their order.</summary>
    public async ValueTask<IReadOnlyList<Access>> AdmitAsync(Caller caller, IEnumerable<DatasetId> datasets, CancellationToken ct)
    {
        var visible = new List<Access>();
        foreach (DatasetId dataset in datasets)
        {
            Result<Access> access = await AuthorizeAsync(caller, dataset, Operation.DatasetView, ct);
            if (access.IsOk)
            {
                visible.Add(access.Value);
            }
        }

        return visible;
    }

    /// <summary>Describes several, in their order; those that the site does not have yet are left out.</summary>
    public async ValueTask<IReadOnlyList<DatasetDescription>> DescribeAsync(
        Caller caller, IReadOnlyList<Access> datasets, CancellationToken ct)
    {
        Dictionary<DatasetId, LocalDataset> found = (await local.ReadAsync([.. datasets.Select(access => access.Dataset.Dataset)], ct))
            .ToDictionary(one => one.Record.Id);
        IReadOnlyDictionary<DatasetId, string?> parents = await NameParentsAsync(
            caller, found.Values.SelectMany(one => one.Parents), ct);
        var described = new List<DatasetDescription>(datasets.Count);
        foreach (Access access in datasets)
        {
            if (found.TryGetValue(access.Dataset.Dataset, out LocalDataset? one) && !IsReleased(one.Record, access.Dataset))
            {
                var whole = new DatasetDescription(
                    access.Dataset, one.Record, one.Size, one.HeadVersion, Describe(one.Parents, parents), access.Rights);

                // A key of a folder learns the name of the dataset, but no totals and no parents.
                described.Add(caller.Scope.Folder is null ? whole : whole with { Size = default, Parents = [] });
            }
        }

        return described;
    }

    /// <summary>
    /// Returns true for a copy that is in the trash here while its home has the dataset: it is no longer a copy of this site.
    /// </summary>
    private static bool IsReleased(SiteDataset here, NameRecord name) =>
        here is { Copy: not null, TrashedUntil: not null } && !name.Home.IsOver;

    public static IReadOnlyList<ParentDescription> Describe(
        IEnumerable<VersionReference> parents, IReadOnlyDictionary<DatasetId, string?> names) =>
        [.. parents.Select(one => new ParentDescription(one.Dataset, names[one.Dataset], one.Snapshot, one.Root))];

    /// <summary>The names of parents, for those that the caller may view.</summary>
    public async ValueTask<IReadOnlyDictionary<DatasetId, string?>> NameParentsAsync(
        Caller caller, IEnumerable<VersionReference> parents, CancellationToken ct)
    {
        var names = new Dictionary<DatasetId, string?>();
        foreach (DatasetId parent in parents.Select(parent => parent.Dataset).Distinct())
        {
            Result<Access> access = await authorizer.AuthorizeAsync(caller, parent, Operation.DatasetView, ct);
            names.Add(parent, access.IsOk ? access.Value.Dataset.FullName : null);
        }

        return names;
    }
}
