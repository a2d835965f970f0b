namespace Hutch.Datasets.Lineage;

/// <summary>
/// A dataset that follows open ones is derived from their last snapshots when all of them are closed. Its records are those of its
/// creation, so this is found when it is read.
/// </summary>
internal static class FollowedParents
{
    /// <summary>Returns a dataset with the kind that it has now, and its parents with the snapshots of those that were closed.</summary>
    public static (SiteDataset Dataset, IReadOnlyList<VersionReference> Parents) Read(SiteQueries queries, SiteDataset dataset)
    {
        if (dataset.Origin == DatasetOrigin.Original)
        {
            return (dataset, []);
        }

        IReadOnlyList<VersionReference> parents = queries.Parents(dataset.Key);
        if (dataset.Origin == DatasetOrigin.Derived)
        {
            return (dataset, parents);
        }

        parents = [.. parents.Select(parent => parent.Snapshot is null ? Close(queries, parent) : parent)];
        bool isDerived = parents.All(static parent => parent.Snapshot is not null);
        return (isDerived ? dataset with { Origin = DatasetOrigin.Derived } : dataset, parents);
    }

    /// <summary>Adds the datasets that follow those among some that are closed: a close changes them, too.</summary>
    public static IReadOnlyList<DatasetId> AddFollowers(SiteQueries queries, IReadOnlyCollection<DatasetId> changed) =>
    [
        .. changed.Concat(
            queries.Datasets(changed).Where(static dataset => dataset.Closed is not null)
                .SelectMany(dataset => queries.Followers(dataset.Id))).Distinct(),
    ];

    private static VersionReference Close(SiteQueries queries, VersionReference parent) =>
        queries.Dataset(parent.Dataset) is { Closed: not null, Snapshot: { } number } closed
        && queries.Snapshot(closed.Key, number) is { } last
            ? parent with { Snapshot = number, Root = last.Root.Page }
            : parent;
}
