namespace Hutch.Datasets.Versions;

/// <summary>Fixes versions of a dataset and tags them, after a check of the caller's rights.</summary>
public sealed class SnapshotService(
    Authorizer authorizer, SnapshotReader reader, HeadReader heads, HeadCompactor compactor, HeadReverter reverter, Snapshots snapshots)
{
    private const int MaxMessageCharacters = 10_000;
    private const int MaxRevertedPaths = 10_000;

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

        Result<SiteSnapshot?> folded = await compactor.CompactAsync(
            id, new CompactionRequest(SnapshotReason.Manual, caller.Name, message), ct);
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

        return (await reader.DescribeAsync(dataset.Value, [snapshot], ct))[0];
    }

    /// <param name="paths">Files, and directories with all below them; none for everything.</param>
    public async Task<Result<SnapshotDescription>> RevertAsync(
        Caller caller, DatasetId id, SnapshotRef at, IReadOnlyList<string> paths, string? message, CancellationToken ct)
    {
        Result<SiteDataset> dataset = await reader.SeeAsync(caller, id, Operation.EntryWrite, ct);
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
        return reverted.IsOk ? (await reader.DescribeAsync(dataset.Value, [reverted.Value], ct))[0] : reverted.Error;
    }

    internal static HutchError? CheckMessage(string? message) => message?.Length > MaxMessageCharacters
        ? ErrorCode.BadRequest.With($"A message can have at most {MaxMessageCharacters} characters.")
        : null;

    public async Task<Result<SnapshotDescription>> TagAsync(Caller caller, DatasetId id, string tag, long number, CancellationToken ct)
    {
        Result<SiteDataset> dataset = await reader.SeeAsync(caller, id, Operation.TagChange, ct);
        HutchError? refusal = dataset.Error ?? SnapshotRef.ParseTag(tag).Error;
        if (refusal is not null)
        {
            return refusal;
        }

        Result<SiteSnapshot> tagged = await snapshots.TagAsync(id, tag, number, caller.Name, ct);
        return tagged.IsOk ? (await reader.DescribeAsync(dataset.Value, [tagged.Value], ct))[0] : tagged.Error;
    }

    public async Task<Result<Done>> UntagAsync(Caller caller, DatasetId id, string tag, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.TagChange, ct);
        return access.IsOk ? await snapshots.UntagAsync(id, tag, caller.Name, ct) : access.Error;
    }
}
