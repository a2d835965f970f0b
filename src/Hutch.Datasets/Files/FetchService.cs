
namespace Hutch.Datasets.Files;

/// <summary>
/// Gives many blobs of one version at once, by hash: only those that the version has, so that a hash alone opens nothing.
/// </summary>
public sealed class FetchService(Authorizer authorizer, HeadReader heads, BlobStore blobs)
{
    private readonly TreeBlobCache _known = new(heads);

    public const int MaxBlobs = 100_000;

    /// <summary>
    /// Finds the blobs, in the order asked for; a refusal when one is not in the version. One that is damaged or gone has the
    /// reason in place of its content: it does not keep the others from anybody.
    /// </summary>
    public async Task<Result<IReadOnlyList<FoundBlob>>> FindAsync(
        Caller caller, DatasetId id, SnapshotRef? at, IReadOnlyList<RequestedBlob> wanted, CancellationToken ct)
    {
        if (wanted.Count > MaxBlobs)
        {
            return ErrorCode.TooLarge.With($"{wanted.Count} files are too many for one request; the limit is {MaxBlobs}.");
        }

        Result<Access> access = await authorizer.AuthorizeInFolderAsync(caller, id, Operation.EntryRead, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        Result<TreeView> view = await heads.ResolveAsync(id, at, ct);
        if (!view.IsOk)
        {
            return view.Error;
        }

        BlobHash? unseen = caller.Scope.Folder is null
            ? await FindForeignAsync(view.Value, wanted, ct)
            : await FindOutsideAsync(caller, view.Value, wanted, ct);
        if (unseen is { } foreign)
        {
            return ErrorCode.NotFound.With($"This version of the dataset has no file whose SHA-256 is {foreign}.");
        }

        if (wanted.Select(file => RelianceRule.FindEvicted(view.Value.Dataset, file.Hash)).FirstOrDefault(static one => one is not null)
            is { } evicted)
        {
            return evicted;
        }

        var found = new List<FoundBlob>(wanted.Count);
        foreach (BlobHash hash in wanted.Select(file => file.Hash))
        {
            found.Add(new FoundBlob(hash, await FindOneAsync(id, hash, ct)));
        }

        // All at once, so that their segments come back together.
        if (blobs.Offline.Segments is { } offline)
        {
            HashSet<long> segments = [];
            foreach (BlobHash hash in wanted.Select(static file => file.Hash))
            {
                await blobs.Offline.AddSegmentsAsync(hash, segments, ct);
            }

            segments.RemoveWhere(segment => !offline.IsOffline(segment));
            return segments.Count > 0 ? OfflineBlobs.Recalling(offline.Request(segments, null)) : found;
        }

        return found;
    }

    private async Task<Result<BlobContent>> FindOneAsync(DatasetId dataset, BlobHash hash, CancellationToken ct)
    {
        try
        {
            return await blobs.FindAsync(dataset, hash, ct) is { } content
                ? content
                : ErrorCode.Gone.With($"The bytes of {hash} are no longer stored.");
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Quarantined || e.Error.Code == ErrorCode.Gone)
        {
            return e.Error;
        }
    }

    /// <summary>Returns the first blob that does not come with its path in the folder of the caller's key; null for none.</summary>
    private async Task<BlobHash?> FindOutsideAsync(
        Caller caller, TreeView view, IReadOnlyList<RequestedBlob> wanted, CancellationToken ct)
    {
        foreach (RequestedBlob file in wanted)
        {
            if (file.Path is null || !DatasetPath.Parse(file.Path).TryGet(out DatasetPath path, out _)
                || !(await authorizer.AuthorizeAsync(caller, view.Dataset.Id, Operation.EntryRead, path, ct)).IsOk
                || await heads.FindAsync(view, path, ct) is not { Kind: EntryKind.File } entry || entry.Hash != file.Hash)
            {
                return file.Hash;
            }
        }

        return null;
    }

    private async Task<BlobHash?> FindForeignAsync(TreeView view, IReadOnlyList<RequestedBlob> wanted, CancellationToken ct)
    {
        if (!view.IsHead && await _known.FindAsync(view, ct) is { } known)
        {
            return wanted.FirstOrDefault(file => !known.Contains(file.Hash))?.Hash;
        }

        // Too large to be kept: what comes with its path is looked up there, and only for the rest all is walked.
        HashSet<BlobHash> open = [.. wanted.Select(file => file.Hash)];
        if (!view.IsHead)
        {
            var places = new TreeBatchLookup(heads.Tree, view.Root);
            open.ExceptWith(await places.FindAsync(wanted.Where(file => file.Path is not null), ct));
        }

        if (open.Count == 0)
        {
            return null;
        }

        await foreach (PathEntry file in heads.EnumerateAsync(view, "", ct))
        {
            if (file.Entry.Kind == EntryKind.File && open.Remove(file.Entry.Hash) && open.Count == 0)
            {
                return null;
            }
        }

        return open.First();
    }
}

/// <param name="Content">Its bytes, or the reason for their absence: they are damaged or gone.</param>
public sealed record FoundBlob(BlobHash Hash, Result<BlobContent> Content);
