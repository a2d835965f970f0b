namespace Hutch.Datasets.Versions;

/// <summary>Moves, renames and removes files and folders, after a check of the caller's rights: any number of them is one change.</summary>
public sealed class MoveService(Authorizer authorizer, SiteDatabase records, HeadReader heads, HeadMover mover)
{
    public const int MaxPaths = 10_000;

    /// <summary>Moves files and folders; nothing is replaced, and no byte is copied.</summary>
    public Task<Result<SnapshotDescription>> MoveAsync(
        Caller caller, DatasetId id, IReadOnlyList<(string From, string To)> moves, string? message, CancellationToken ct)
    {
        return ChangeAsync(
            caller, id, [.. moves.SelectMany(move => (string[])[move.From, move.To])], moves.Count, message,
            paths => mover.MoveAsync(
                id, [.. paths.Chunk(2).Select(pair => new EntryMove(pair[0], pair[1]))], caller.Name, message, ct),
            ct);
    }

    /// <summary>Removes files, and folders with all below them. Older versions keep them.</summary>
    public Task<Result<SnapshotDescription>> RemoveAsync(
        Caller caller, DatasetId id, IReadOnlyList<string> paths, string? message, CancellationToken ct)
    {
        return ChangeAsync(
            caller, id, paths, paths.Count, message, parsed => mover.RemoveAsync(id, parsed, caller.Name, message, ct), ct);
    }

    private async Task<Result<SnapshotDescription>> ChangeAsync(
        Caller caller, DatasetId id, IReadOnlyList<string> paths, int count, string? message,
        Func<IReadOnlyList<DatasetPath>, Task<Result<SiteSnapshot>>> change, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeInFolderAsync(caller, id, Operation.EntryWrite, ct);
        HutchError? refusal = access.Error ?? SnapshotService.CheckMessage(message);
        if (refusal is null && count is 0 or > MaxPaths)
        {
            refusal = ErrorCode.BadRequest.With(
                $"A request names at least one file or folder, and at most {MaxPaths}; this one names {count}. "
                + "Name folders instead of files.");
        }

        var parsed = new List<DatasetPath>();
        foreach (string path in refusal is null ? paths : [])
        {
            Result<DatasetPath> one = DatasetPath.Parse(path.TrimEnd('/'));
            if (!one.IsOk)
            {
                return one.Error;
            }

            if (caller.Scope.Folder is not null
                && (await authorizer.AuthorizeAsync(caller, id, Operation.EntryWrite, one.Value, ct)).Error is { } outside)
            {
                return outside;
            }

            parsed.Add(one.Value);
        }

        Result<SiteDataset> dataset = refusal is null ? await heads.DatasetAsync(id, ct) : refusal;
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        Result<SiteSnapshot> changed = await change(parsed);
        return changed.IsOk
            ? (await records.ReadAsync(queries => SnapshotReader.Describe(queries, dataset.Value, [changed.Value]), ct))[0]
            : changed.Error;
    }
}
