using Hutch.Storage;

namespace Hutch.Datasets.Files;

/// <summary>Recalls the bytes of datasets from nearline storage, and keeps them on the local disk for a time.</summary>
public sealed class RecallService(Authorizer authorizer, HeadReader heads, BlobStore blobs, TimeProvider time)
{
    private const int MaxFiles = 20_000_000;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>Returns how much of a version is offline.</summary>
    public async Task<Result<RecallState>> ReadAsync(Caller caller, DatasetId id, SnapshotRef? at, CancellationToken ct) =>
        (await FindAsync(caller, Operation.CopyRead, id, at, ct)).Then<RecallState>(
            segments => blobs.Offline.Segments?.Find(segments) ?? RecallState.Online);

    /// <summary>Recalls a version, and keeps it on the local disk until a time.</summary>
    public async Task<Result<RecallState>> PinAsync(
        Caller caller, DatasetId id, SnapshotRef? at, DateTimeOffset until, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (until <= now || until > now + Longest)
        {
            return ErrorCode.Unprocessable.With($"'until' must be in the future, and at most {Longest.TotalDays:0} days from now.");
        }

        return (await FindAsync(caller, Operation.CopyChange, id, at, ct))
            .Then(segments => Change(offline => offline.Request(segments, until)));
    }

    /// <summary>Ends a pin: the local copies may make room for others.</summary>
    public async Task<Result<RecallState>> ReleaseAsync(Caller caller, DatasetId id, SnapshotRef? at, CancellationToken ct) =>
        (await FindAsync(caller, Operation.CopyChange, id, at, ct)).Then(segments => Change(offline => offline.Release(segments)));

    private Result<RecallState> Change(Func<IOfflineSegments, RecallState> change)
    {
        try
        {
            return blobs.Offline.Segments is { } offline ? change(offline) : RecallState.Online;
        }
        catch (HutchException refusal)
        {
            return refusal.Error;
        }
    }

    private async Task<Result<HashSet<long>>> FindAsync(
        Caller caller, Operation operation, DatasetId id, SnapshotRef? at, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, operation, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        Result<TreeView> view = await heads.ResolveAsync(id, at, ct);
        if (!view.IsOk)
        {
            return view.Error;
        }

        HashSet<long> segments = [];
        if (blobs.Offline.Segments is null)
        {
            return segments;
        }

        int files = 0;
        await foreach (PathEntry file in heads.EnumerateAsync(view.Value, "", ct))
        {
            if (file.Entry.Kind == EntryKind.File)
            {
                await blobs.Offline.AddSegmentsAsync(file.Entry.Hash, segments, ct);
            }

            if (++files > MaxFiles)
            {
                return ErrorCode.TooLarge.With($"The dataset has more than {MaxFiles} files: recall parts of it by reading them.");
            }
        }

        return segments;
    }
}
