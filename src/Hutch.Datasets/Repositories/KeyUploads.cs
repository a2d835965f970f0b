using System.Collections.Concurrent;
using System.Text;
using Hutch.Datasets.Versions;
using Hutch.Site.Life.Quotas;
using Hutch.Site.Write.Pushes;
using Hutch.Site.Write.Repositories;

namespace Hutch.Datasets.Repositories;

/// <summary>
/// Uploads the content of large keys in as many requests as it takes: received bytes are durable, and the sender continues after them, also
/// after a restart of either side. Each upload is a push session of its own, which ends with it; a session without bytes does not count.
/// </summary>
public sealed class KeyUploads(
    RepositoryService repositories, PermanentVersionService versions, Reauthorizer reauthorizer, SiteDatabase records, PushSessions pushes,
    ResumableUploads uploads, RepositoryWriter writer, BlobStore blobs, OwnerQuotas quotas)
{
    private const int UploadIdLength = 32;

    private readonly ConcurrentDictionary<Guid, Lazy<Task<Result<Done>>>> _finishing = new();

    /// <summary>Returns the keys of a blob's bytes, or the reason that they do not match.</summary>
    public delegate Task<Result<IReadOnlyList<StoredKey>>> Check(BlobContent content, BlobHash hash, CancellationToken ct);

    /// <summary>Returns the number of received bytes of a key: all of them, when the dataset has it.</summary>
    public async Task<Result<long>> FindOffsetAsync(Caller caller, DatasetId id, RequestedKey key, long size, CancellationToken ct)
    {
        Result<SiteDataset> dataset = await repositories.FindWritableAsync(caller, id, ct);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        if (await IsStoredAsync(caller, id, key, ct))
        {
            return size;
        }

        UploadKey upload = UploadOf(key);
        Result<SiteSession> found = await pushes.PeekAsync(PushSessions.SingleId(id, caller.Name, upload), caller.Name, ct);
        if (!found.TryGet(out SiteSession? session, out _))
        {
            return 0L;
        }

        // This waits for bytes that are still coming over another connection.
        Result<UploadState> state = await uploads.StateAsync(session, upload, ct);
        await uploads.EndEmptyAsync(session, upload, ct);
        return !state.IsOk ? state.Error : await IsOfSizeAsync(session, upload, size, ct) ? state.Value.Offset : 0L;
    }

    /// <summary>
    /// Stores the next bytes of a key; with the last, all of them are checked against it. Received bytes stay when the body is cut. A
    /// repeat of the last bytes, after a lost answer, gets that answer.
    /// </summary>
    /// <param name="stopping">Cancels the check of all bytes: it continues after the caller disconnects.</param>
    /// <returns>The number of received bytes.</returns>
    public async Task<Result<long>> ContinueAsync(
        Caller caller, DatasetId id, KeyPart part, CancellationToken stopping, CancellationToken ct)
    {
        Result<SiteDataset> dataset = await repositories.FindWritableAsync(caller, id, ct);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        if (part.Offset > 0 && await IsStoredAsync(caller, id, part.Key, ct))
        {
            return part.Size;
        }

        UploadKey upload = UploadOf(part.Key);
        Result<SiteSession> session = await FindAsync(caller, id, upload, part.Size, ct) is { } begun
            ? begun
            : await StartAsync(caller, dataset.Value, part, ct);
        Result<UploadState> state = session.IsOk ? await ReceiveAsync(session.Value, upload, part, ct) : session.Error;
        return !state.IsOk ? state.Error
            : state.Value.Hash is { } hash ? await FinishAsync(caller, session.Value, hash, part, stopping, ct)
            : state.Value.Offset;
    }

    /// <summary>Begins an upload, when the announced size is valid: a push that cannot continue would occupy a slot for days.</summary>
    private async Task<Result<SiteSession>> StartAsync(Caller caller, SiteDataset dataset, KeyPart part, CancellationToken ct) =>
        (uploads.FindRefusal(part.Size, part.Offset) ?? await quotas.FindRefusalAsync(dataset.Id, part.Size, ct)) is { } refusal
            ? refusal
            : await pushes.StartSingleAsync(dataset, caller.Name, UploadOf(part.Key), part.Size, ct);

    private async Task<Result<UploadState>> ReceiveAsync(SiteSession session, UploadKey upload, KeyPart part, CancellationToken ct)
    {
        if (part.Offset > 0 && await uploads.StateAsync(session, upload, ct) is { IsOk: true, Value.Hash: not null } complete
            && complete.Value.Offset == part.Size)
        {
            return complete;
        }

        try
        {
            return await uploads.ContinueAsync(session, upload, part.Size, part.Offset, part.Body, null, ct);
        }
        finally
        {
            await uploads.EndEmptyAsync(session, upload, CancellationToken.None);
        }
    }

    private async Task<Result<long>> FinishAsync(
        Caller caller, SiteSession session, BlobHash hash, KeyPart part, CancellationToken stopping, CancellationToken ct)
    {
        Result<Done> finished = await FinishOnceAsync(caller, session, hash, part.Check, stopping).WaitAsync(ct);
        return finished.IsOk ? part.Size

            // Another request that waited for the same upload has ended it just now.
            : finished.Error.Code == ErrorCode.Conflict && await IsStoredAsync(caller, session.Dataset, part.Key, ct) ? part.Size
            : finished.Error;
    }

    /// <summary>Checks an upload once, however often its last part is sent.</summary>
    private Task<Result<Done>> FinishOnceAsync(Caller caller, SiteSession session, BlobHash hash, Check check, CancellationToken stopping)
    {
        return _finishing.GetOrAdd(session.Id, new Lazy<Task<Result<Done>>>(() => Task.Run(RunAsync, CancellationToken.None))).Value;

        async Task<Result<Done>> RunAsync()
        {
            try
            {
                return await FinishAsync(caller, session, hash, check, stopping);
            }
            finally
            {
                _finishing.TryRemove(session.Id, out _);
            }
        }
    }

    private async ValueTask<bool> IsStoredAsync(Caller caller, DatasetId id, RequestedKey key, CancellationToken ct) =>
        await versions.FindAsync(caller, id, [key], ct) is { IsOk: true, Value: [{ IsOk: true, Value.IsRetained: true }] };

    private async Task<Result<Done>> FinishAsync(Caller caller, SiteSession session, BlobHash hash, Check check, CancellationToken ct)
    {
        BlobContent content = await blobs.FindAsync(session.Dataset, hash, ct)
            ?? throw ErrorCode.Gone.With("What was uploaded is no longer stored. Send it again.").ToException();
        Result<IReadOnlyList<StoredKey>> keys = await check(content, hash, ct);
        if (!keys.IsOk)
        {
            await pushes.AbortAsync(session.Id, session.Author, ct);
            return keys.Error;
        }

        return await reauthorizer.CheckAsync(caller, session.Dataset, ct) is { } lost
            ? lost
            : await writer.StoreKeysAsync(session, keys.Value, hash, ct);
    }

    /// <summary>The session in which a caller began an upload of this size; null when there is none.</summary>
    private async ValueTask<SiteSession?> FindAsync(Caller caller, DatasetId id, UploadKey upload, long size, CancellationToken ct) =>
        (await pushes.FindAsync(PushSessions.SingleId(id, caller.Name, upload), caller.Name, ct)).TryGet(out SiteSession? found, out _)
        && await IsOfSizeAsync(found, upload, size, ct) ? found : null;

    /// <summary>Returns true if the upload began with this size: a key without one may have had earlier bytes under a wrong size.</summary>
    private async ValueTask<bool> IsOfSizeAsync(SiteSession session, UploadKey upload, long size, CancellationToken ct) =>
        await records.ReadAsync(queries => queries.SessionUploadReach(session.Id, upload.Name), ct) is not { } reach
        || reach.Size == size;

    private static UploadKey UploadOf(RequestedKey key) =>
        UploadKey.Parse(BlobHash.Compute(Encoding.UTF8.GetBytes(key.Name)).ToString()[..UploadIdLength]).Value;
}
