using Hutch.Storage;

namespace Hutch.Datasets.Files;

/// <summary>Recalls the bytes of datasets from nearline storage, and keeps them on the local disk for a time.</summary>
public sealed class RecallService(Authorizer authorizer, HeadReader heads, BlobStore blobs, TimeProvider time)
{
    private const int MaxFiles = 20_000_000;

    /// <summary>Recalled files of one answer stay at least as long.</summary>
    private static readonly TimeSpan Whole = TimeSpan.FromHours(1);

    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>Returns how much of a version is offline.</summary>
    public async Task<Result<RecallState>> ReadAsync(Caller caller, DatasetId id, SnapshotRef? at, CancellationToken ct) =>
        (await FindAsync(caller, Operation.CopyRead, id, at, ct)).Then<RecallState>(
            segments => blobs.Offline.Segments?.Find(segments) ?? RecallState.Online);

    /// <summary>Recalls a version, and keeps it on the local disk until a time.</summary>
    public async Task<Result<RecallState>> PinAsync(
        Caller caller, DatasetId id, SnapshotRef? at, DateTimeOffset until, CancellationToken ct)
    {
        return CheckEnd(until) is { } refusal ? refusal
            : (await FindAsync(caller, Operation.CopyChange, id, at, ct))
                .Then(segments => Change(offline => offline.Request(segments, until)));
    }

    /// <summary>Recalls a file that the caller was allowed to open, and keeps it on the local disk until a time.</summary>
    public async Task<Result<RecallState>> PinAsync(
        Caller caller, DatasetId id, BlobContent content, DateTimeOffset until, CancellationToken ct)
    {
        return CheckEnd(until) is { } refusal ? refusal
            : (await authorizer.AuthorizeAsync(caller, id, Operation.CopyChange, ct))
                .Then(_ => Change(offline => offline.Request(content.FindSegments(), until)));
    }

    /// <summary>Finds those of the entries that the caller was allowed to list whose bytes can be read after a recall only.</summary>
    public async ValueTask<IReadOnlySet<BlobHash>> FindOfflineAsync(IEnumerable<Entry> entries, CancellationToken ct)
    {
        HashSet<BlobHash> found = [];
        if (blobs.Offline.Segments is not { } offline)
        {
            return found;
        }

        HashSet<long> segments = [];
        foreach (Entry file in entries.Where(static entry => entry.Kind == EntryKind.File))
        {
            segments.Clear();
            await blobs.Offline.AddSegmentsAsync(file.Hash, segments, ct);
            if (segments.Any(offline.IsOffline))
            {
                found.Add(file.Hash);
            }
        }

        return found;
    }

    /// <summary>Ends a pin: the local copies may make room for others.</summary>
    public async Task<Result<RecallState>> ReleaseAsync(Caller caller, DatasetId id, SnapshotRef? at, CancellationToken ct) =>
        (await FindAsync(caller, Operation.CopyChange, id, at, ct)).Then(segments => Change(offline => offline.Release(segments)));

    /// <summary>
    /// Recalls files that the caller was allowed to read, to send all of them in one answer, and keeps them for a while. Returns the
    /// refusal if some are offline or evicted; null if all can be read.
    /// </summary>
    public async Task<HutchError?> FindRefusalAsync(SiteDataset dataset, IAsyncEnumerable<PathEntry> files, CancellationToken ct)
    {
        if (RelianceRule.FindEvicted(dataset, null) is not null)
        {
            return await files.Where(static file => file.Entry.Kind == EntryKind.File)
                .Select(file => RelianceRule.FindEvicted(dataset, file.Entry.Hash)).FirstOrDefaultAsync(static one => one is not null, ct);
        }

        if (blobs.Offline.Segments is not { } offline)
        {
            return null;
        }

        if (!(await CollectAsync(files, ct)).TryGet(out HashSet<long>? segments, out HutchError? refusal))
        {
            return refusal;
        }

        // The same end for a whole hour, so that repeated questions change nothing.
        TimeSpan sinceEpoch = time.GetUtcNow() - DateTimeOffset.UnixEpoch;
        DateTimeOffset until = DateTimeOffset.UnixEpoch + TimeSpan.FromHours(Math.Ceiling((sinceEpoch + Whole).TotalHours));
        Result<RecallState> state = Change(one => one.Request(segments, until));
        if (state.IsOk)
        {
            return state.Value.Offline > 0 ? OfflineBlobs.Recalling(state.Value) : null;
        }

        return offline.Find(segments).Offline > 0 ? state.Error : null;
    }

    private HutchError? CheckEnd(DateTimeOffset until) =>
        time.GetUtcNow() is var now && until > now && until <= now + Longest
            ? null
            : ErrorCode.Unprocessable.With($"'until' must be in the future, and at most {Longest.TotalDays:0} days from now.");

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

        return blobs.Offline.Segments is null ? new HashSet<long>() : await CollectAsync(heads.EnumerateAsync(view.Value, "", ct), ct);
    }

    private async Task<Result<HashSet<long>>> CollectAsync(IAsyncEnumerable<PathEntry> all, CancellationToken ct)
    {
        HashSet<long> segments = [];
        int files = 0;
        await foreach (PathEntry file in all.WithCancellation(ct))
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
