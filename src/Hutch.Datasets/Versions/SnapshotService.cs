using System.Globalization;
using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Heads;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Versions;

/// <summary>Fixed versions of a dataset and their tags, for callers who may see or make them.</summary>
public sealed class SnapshotService(
    Authorizer authorizer, SiteDatabase records, HeadReader heads, HeadFolder folder, HeadReverter reverter, Snapshots snapshots)
{
    private const int MaxMessageCharacters = 10_000;
    private const int MaxRevertedPaths = 10_000;

    /// <param name="caller">Who asks.</param>
    /// <param name="id">The dataset.</param>
    /// <param name="before">Only numbers below this one.</param>
    /// <param name="limit">The most of one page.</param>
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

    /// <summary>Fixes the head now.</summary>
    public async Task<Result<SnapshotDescription>> CreateAsync(
        Caller caller, DatasetId id, string? message, string? tag, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.SnapshotCreate, ct);
        HutchError? refusal = access.Error;
        if (refusal is null && tag is not null)
        {
            access = await authorizer.AuthorizeAsync(caller, id, Operation.TagChange, ct);
            refusal = access.Error ?? SnapshotRef.ParseTag(tag).Error;
        }

        refusal ??= CheckMessage(message);
        if (refusal is not null)
        {
            return refusal;
        }

        Result<SiteDataset> dataset = (await heads.DatasetAsync(id, ct)).Then(DatasetState.RequireOpen);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        Result<SiteSnapshot?> folded = await folder.FoldAsync(id, new FoldRequest(SnapshotReason.Manual, caller.Name, message), ct);
        if (!folded.IsOk)
        {
            return folded.Error;
        }

        SiteSnapshot snapshot = folded.Value!;
        if (tag is not null)
        {
            Result<SiteSnapshot> tagged = await snapshots.TagAsync(id, tag, snapshot.Number, caller.Name, ct);
            if (!tagged.IsOk)
            {
                return tagged.Error;
            }

            snapshot = tagged.Value;
        }

        return (await DescribeAsync(dataset.Value, [snapshot], ct))[0];
    }

    /// <summary>Makes the head, or some paths, what they were in a snapshot.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="id">The dataset.</param>
    /// <param name="at">The snapshot.</param>
    /// <param name="paths">Files, and directories with all below them; none for everything.</param>
    /// <param name="message">What is said of the new snapshot.</param>
    public async Task<Result<SnapshotDescription>> RevertAsync(
        Caller caller, DatasetId id, SnapshotRef at, IReadOnlyList<string> paths, string? message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(paths);
        Result<SiteDataset> dataset = await SeeAsync(caller, id, Operation.EntryWrite, ct);
        HutchError? refusal = dataset.Error ?? CheckMessage(message);
        if (refusal is null && paths.Count > MaxRevertedPaths)
        {
            refusal = ErrorCode.TooLarge.With(
                $"{paths.Count} paths are too many for one request; name directories, at most {MaxRevertedPaths}.");
        }

        var parsed = new List<DatasetPath>();
        foreach (string path in refusal is null ? paths : [])
        {
            Result<DatasetPath> one = DatasetPath.Parse(path.TrimEnd('/'));
            if (!one.IsOk)
            {
                return one.Error;
            }

            parsed.Add(one.Value);
        }

        if (refusal is not null)
        {
            return refusal;
        }

        Result<SiteSnapshot> reverted = await reverter.RevertAsync(id, at, parsed, caller.Name, message, ct);
        return reverted.IsOk ? (await DescribeAsync(dataset.Value, [reverted.Value], ct))[0] : reverted.Error;
    }

    internal static HutchError? CheckMessage(string? message) => message?.Length > MaxMessageCharacters
        ? ErrorCode.BadRequest.With($"A message can have at most {MaxMessageCharacters} characters.")
        : null;

    public async Task<Result<SnapshotDescription>> TagAsync(Caller caller, DatasetId id, string tag, long number, CancellationToken ct)
    {
        Result<SiteDataset> dataset = await SeeAsync(caller, id, Operation.TagChange, ct);
        HutchError? refusal = dataset.Error ?? SnapshotRef.ParseTag(tag).Error;
        if (refusal is not null)
        {
            return refusal;
        }

        Result<SiteSnapshot> tagged = await snapshots.TagAsync(id, tag, number, caller.Name, ct);
        return tagged.IsOk ? (await DescribeAsync(dataset.Value, [tagged.Value], ct))[0] : tagged.Error;
    }

    public async Task<Result<Done>> UntagAsync(Caller caller, DatasetId id, string tag, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.TagChange, ct);
        return access.IsOk ? await snapshots.UntagAsync(id, tag, caller.Name, ct) : access.Error;
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

    private ValueTask<IReadOnlyList<SnapshotDescription>> DescribeAsync(
        SiteDataset dataset, IReadOnlyList<SiteSnapshot> snapshots, CancellationToken ct) =>
        records.ReadAsync(queries => Describe(queries, dataset, snapshots), ct);

    private async ValueTask<Result<SiteDataset>> SeeAsync(Caller caller, DatasetId id, Operation operation, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, operation, ct);
        return access.IsOk ? await heads.DatasetAsync(id, ct) : access.Error;
    }
}
