namespace Hutch.Datasets.Versions;

/// <summary>Reads fixed versions of a dataset and their tags, after a check of the caller's rights.</summary>
public sealed class SnapshotReader(Authorizer authorizer, SiteDatabase records, HeadReader heads, Snapshots snapshots)
{
    /// <param name="before">Only numbers below this one.</param>
    public async Task<Result<Batch<SnapshotDescription>>> ListAsync(
        Caller caller, DatasetId id, long before, int limit, CancellationToken ct)
    {
        Result<SiteDataset> dataset = await SeeAsync(caller, id, Operation.HistoryRead, ct);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        IReadOnlyList<SiteSnapshot> some = await snapshots.ListAsync(dataset.Value, before, limit, ct);
        IReadOnlyList<SnapshotDescription> items = await DescribeAsync(dataset.Value, some, ct);
        return new Batch<SnapshotDescription>(
            items, some.Count == limit && some[^1].Number > 1 ? some[^1].Number.ToString(CultureInfo.InvariantCulture) : null);
    }

    public async Task<Result<SnapshotDescription>> GetAsync(Caller caller, DatasetId id, SnapshotRef at, CancellationToken ct)
    {
        Result<SiteDataset> dataset = await SeeAsync(caller, id, Operation.HistoryRead, ct);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        Result<TreeView> view = await heads.ResolveAsync(id, at, ct);
        return view.IsOk ? (await DescribeAsync(dataset.Value, [view.Value.Snapshot!], ct))[0] : view.Error;
    }

    /// <summary>Gives snapshots with the tree hash of the one before each.</summary>
    internal static IReadOnlyList<SnapshotDescription> Describe(
        SiteQueries queries, SiteDataset dataset, IReadOnlyList<SiteSnapshot> snapshots) =>
        [.. snapshots.Select(snapshot => new SnapshotDescription(snapshot, ParentOf(queries, dataset, snapshot, snapshots)))];

    private static BlobHash? ParentOf(SiteQueries queries, SiteDataset dataset, SiteSnapshot snapshot, IReadOnlyList<SiteSnapshot> known)
    {
        if (snapshot.Parent is not long number)
        {
            return null;
        }

        SiteSnapshot? parent = known.FirstOrDefault(other => other.Number == number) ?? queries.Snapshot(dataset.Key, number);
        return parent?.Root.Page;
    }

    internal ValueTask<IReadOnlyList<SnapshotDescription>> DescribeAsync(
        SiteDataset dataset, IReadOnlyList<SiteSnapshot> snapshots, CancellationToken ct) =>
        records.ReadAsync(queries => Describe(queries, dataset, snapshots), ct);

    internal async ValueTask<Result<SiteDataset>> SeeAsync(Caller caller, DatasetId id, Operation operation, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, operation, ct);
        return access.IsOk ? await heads.DatasetAsync(id, ct) : access.Error;
    }
}
