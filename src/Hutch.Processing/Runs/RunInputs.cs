namespace Hutch.Processing.Runs;

/// <summary>The datasets of runs as a worker reads them: fixed versions, their files, their frames.</summary>
/// <remarks>Thread-safe. The caller has checked the rights.</remarks>
public sealed class RunInputs(HeadReader heads, HeadCompactor compactor, BlobStore blobs)
{
    public ValueTask<Result<SiteDataset>> DatasetAsync(DatasetId dataset, CancellationToken ct) => heads.DatasetAsync(dataset, ct);

    /// <summary>Returns the version of a number; the head, or the closing snapshot, for null.</summary>
    public ValueTask<Result<TreeView>> ResolveAsync(DatasetId dataset, long? number, CancellationToken ct) =>
        heads.ResolveAsync(dataset, number is long known ? SnapshotRef.OfNumber(checked((int)known)) : null, ct);

    /// <summary>Fixes the head and returns the newest version; null for an empty dataset.</summary>
    public async Task<Result<TreeView?>> FixAsync(DatasetId dataset, CancellationToken ct)
    {
        Result<SiteSnapshot?> folded = await compactor.CompactAsync(dataset, CompactionRequest.Automatic, ct);
        return !folded.IsOk ? folded.Error
            : folded.Value is { } newest ? (await ResolveAsync(dataset, newest.Number, ct)).Then<TreeView?>(view => view)
            : (TreeView?)null;
    }

    public IAsyncEnumerable<StoredFrame> FramesAsync(TreeView view, CancellationToken ct) => FrameListing.ReadAsync(heads, view, ct);

    public Task<long> CountAsync(TreeView view, FrameSet others, CancellationToken ct) =>
        FrameListing.CountAsync(heads, view, others, ct);

    public async Task<Result<byte[]?>> ReadFileAsync(TreeView view, string name, int maxBytes, CancellationToken ct)
    {
        Result<BlobContent?> opened = await OpenFileAsync(view, name, ct);
        if (!opened.IsOk)
        {
            return opened.Error;
        }

        if (opened.Value is not { } content)
        {
            return (byte[]?)null;
        }

        if (content.Size > maxBytes)
        {
            return ErrorCode.TooLarge.With($"'{name}' has {content.Size} bytes; the limit is {maxBytes}.");
        }

        return await content.ReadAllAsync(maxBytes, ct);
    }

    public async Task<Result<BlobContent?>> OpenFileAsync(TreeView view, string name, CancellationToken ct)
    {
        Result<DatasetPath> path = DatasetPath.Parse(name);
        if (!path.IsOk)
        {
            return path.Error;
        }

        if (await heads.FindAsync(view, path.Value, ct) is not { Kind: EntryKind.File } entry)
        {
            return (BlobContent?)null;
        }

        return await blobs.FindAsync(view.Dataset.Id, entry.Hash, ct) is { } content
            ? content
            : ErrorCode.Gone.With($"The bytes of '{name}' are no longer stored.");
    }

    /// <summary>Makes a snapshot of the results of a run, with the files that contain them.</summary>
    public async Task<Result<Done>> KeepResultsAsync(ActiveRun run, CancellationToken ct)
    {
        var request = new CompactionRequest(SnapshotReason.Run, run.Description.User, $"Results of run {run.Id:N}");
        return (await compactor.CompactAsync(run.Output, request, ct)).Then<Done>(_ => Done.Value);
    }
}
