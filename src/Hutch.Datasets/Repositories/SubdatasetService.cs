using Hutch.Datasets.Versions;

namespace Hutch.Datasets.Repositories;

/// <summary>Lists the datasets inside a version of a dataset, each at the commit that this version names.</summary>
public sealed class SubdatasetService(PermanentVersionService versions, HeadReader heads, ISubdatasetCommits? commits)
{
    /// <summary>The list that was read last: the next page of it is likely to be asked for next.</summary>
    private KnownList? _last;

    /// <summary>Returns true if this site has the dataset, with the repository that names the commits.</summary>
    public async ValueTask<bool> IsHereAsync(DatasetId id, CancellationToken ct) =>
        await heads.DatasetAsync(id, ct) is { IsOk: true, Value.Ended: null };

    /// <summary>Lists subdatasets in the order of their paths.</summary>
    /// <param name="after">The path after which the page begins; null for the first page.</param>
    public async Task<Result<Batch<SubdatasetVersion>>> ListAsync(
        Caller caller, DatasetId id, SnapshotRef at, string? after, int limit, CancellationToken ct)
    {
        if (!(await versions.FindReadableAsync(caller, id, ct)).TryGet(out SiteDataset? dataset, out HutchError? refusal)
            || !(await heads.ResolveAsync(id, at, ct)).TryGet(out TreeView? view, out refusal))
        {
            return refusal;
        }

        List<Subdataset> page = await ReadPageAsync(view, after, limit + 1, ct);
        bool isLast = page.Count <= limit;
        List<Subdataset> shown = isLast ? page : page[..limit];
        IReadOnlyDictionary<string, string> named = commits is null || view.Snapshot is not { } snapshot || shown.Count == 0
            ? new Dictionary<string, string>()
            : await commits.FindAsync(dataset, snapshot.Number, [.. shown.Select(static one => one.Path)], ct);
        var found = new List<SubdatasetVersion>();
        foreach (Subdataset one in shown)
        {
            found.Add(await DescribeAsync(caller, one, named.GetValueOrDefault(one.Path), ct));
        }

        return new Batch<SubdatasetVersion>(found, isLast ? null : shown[^1].Path);
    }

    /// <summary>Finds the snapshot of a git commit; null if the caller can read none with it at this site.</summary>
    public async Task<long?> FindSnapshotAsync(Caller caller, DatasetId id, string commit, CancellationToken ct) =>
        commits is not null && (await versions.FindReadableAsync(caller, id, ct)).TryGet(out SiteDataset? dataset, out _)
            ? await commits.FindSnapshotAsync(dataset, commit, ct)
            : null;

    private async Task<List<Subdataset>> ReadPageAsync(TreeView view, string? after, int limit, CancellationToken ct)
    {
        KnownList? known = _last;
        if (known?.Dataset != view.Dataset.Id || known.Root != view.Root.Page)
        {
            IEnumerable<Subdataset> all = await versions.ListSubdatasetsAsync(view.Dataset.Id, view.Root, ct);
            Subdataset[] sorted =
            [
                .. all.Where(static one => DatasetPath.Parse(one.Path).IsOk).DistinctBy(static one => one.Path)
                    .OrderBy(static one => one.Path, StringComparer.Ordinal),
            ];
            _last = known = new KnownList(view.Dataset.Id, view.Root.Page, sorted);
        }

        return [.. known.Sorted.SkipWhile(one => string.CompareOrdinal(one.Path, after) <= 0).Take(limit)];
    }

    private async Task<SubdatasetVersion> DescribeAsync(Caller caller, Subdataset one, string? commit, CancellationToken ct)
    {
        // The rights are those of the dataset inside.
        long? snapshot = one.Id is { } id && commit is not null ? await FindSnapshotAsync(caller, id, commit, ct) : null;
        return new SubdatasetVersion(one, commit, snapshot);
    }

    /// <param name="Root">The root page of the version, which names its content.</param>
    private sealed record KnownList(DatasetId Dataset, BlobHash Root, IReadOnlyList<Subdataset> Sorted);
}

/// <summary>A subdataset of a version.</summary>
/// <param name="Commit">The git commit that the version names; null if its commit is not known.</param>
/// <param name="Snapshot">The snapshot of that commit; null if the caller can read none with it at this site.</param>
public sealed record SubdatasetVersion(Subdataset Subdataset, string? Commit, long? Snapshot);
