using System.Collections.Concurrent;
using Hutch.Site.Platform.Locks;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Write.Pushes;

/// <summary>Uploads of large files of a push, in as many requests as it takes.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class ResumableUploads(
    Committer committer, SiteDatabase records, BlobStore blobs, DatasetLanes lanes, OperationTracker operations, PushOptions options,
    Func<Guid> newId)
{
    private readonly KeyedLock<(Guid Session, BlobHash Hash)> _uploads = new();
    private readonly RunningHashes _running = new();
    private readonly ConcurrentDictionary<Guid, BlobHash> _completed = new();
    private readonly UploadExtents _extents = new(committer, blobs);

    /// <summary>The state of a large file's upload: its durable bytes, and its hash once it is complete.</summary>
    public async Task<Result<UploadState>> StateAsync(SiteSession session, UploadKey key, CancellationToken ct)
    {
        using IDisposable operation = operations.Begin();
        using IDisposable lockHandle = await _uploads.EnterAsync((session.Id, key.Name), ct);
        (bool named, SessionUpload? upload) = await records.ReadAsync(
            queries => (key.IsHash && queries.SessionMayName(session.Id, key.Name), queries.SessionUpload(session.Id, key.Name)), ct);
        if (named && await blobs.FindWholeAsync(key.Name, ct) is { } whole)
        {
            return new UploadState(whole.Size, key.Name);
        }

        try
        {
            if (upload is null)
            {
                return new UploadState(0, null);
            }

            if (HasExpiredEarly(upload))
            {
                return await RemoveAsync(session, key, upload.Upload, ct);
            }

            if (upload.Offset < upload.Size || key.IsHash)
            {
                return new UploadState(upload.Offset, null);
            }

            return await CompletedAsync(session, key, upload, ct);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Quarantined)
        {
            return await RemoveAsync(session, key, upload!.Upload, ct);
        }
    }

    /// <summary>
    /// Receives the next bytes of a large file. A few extents are on their way to the disk at a time. They are recorded in their order, so
    /// that a broken upload continues after the last of them. With the last byte the whole file is checked against its hash.
    /// </summary>
    /// <param name="session">The push.</param>
    /// <param name="key">The announced SHA-256, or an id of the client's own.</param>
    /// <param name="size">The announced size, bytes.</param>
    /// <param name="offset">The offset of the body; must be the present offset of the upload.</param>
    /// <param name="body">The bytes; the body may end anywhere.</param>
    /// <param name="digest">
    /// SHA-256 of this body, checked if it is present: a client then knows that its bytes arrived, without hashing the whole file itself.
    /// </param>
    /// <returns>The new state of the upload.</returns>
    public async Task<Result<UploadState>> ContinueAsync(
        SiteSession session, UploadKey key, long size, long offset, PipeReader body, BlobHash? digest, CancellationToken ct)
    {
        if (FindRefusal(size) is { } refusal)
        {
            return refusal;
        }

        using IDisposable operation = operations.Begin();
        using IDisposable lockHandle = await _uploads.EnterAsync((session.Id, key.Name), ct);
        SessionUpload? before = await records.ReadAsync(queries => queries.SessionUpload(session.Id, key.Name), ct);
        long reached = before?.Offset ?? 0;
        if (offset != reached || (before is not null && before.Size != size))
        {
            return UploadExtents.IsAt(reached, offset);
        }

        Result<Lane> lane = await lanes.ForWritingAsync(session, ct);
        if (!lane.IsOk)
        {
            return lane.Error;
        }

        if (HasExpiredEarly(before))
        {
            Result<UploadState> forgotten = await RemoveAsync(session, key, before!.Upload, ct);
            return forgotten.IsOk ? EarlyExpiry.OfUpload : forgotten.Error;
        }

        var upload = ToUpload(session, key, size, before?.Upload ?? newId(), lane.Value);
        try
        {
            return await ReceiveAsync(upload, before, reached, body, digest, ct);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Quarantined)
        {
            return await DropAsync(
                upload,
                "Earlier bytes of this upload were damaged on the server's disk. "
                + "Send the whole file again.", ct);
        }
        catch (StorageRefusedException e)
        {
            return RefusedWrite.From(e, "What was received before is kept.");
        }
        catch (StorageUnknownOutcomeException)
        {
            return ErrorCode.OutcomeUnknown.With(
                "The disk did not confirm the write. Ask for the offset of the upload and continue from there.");
        }
    }

    /// <summary>Ends the push of an upload without received bytes, unless a request is about to send them.</summary>
    public async Task EndEmptyAsync(SiteSession session, UploadKey upload, CancellationToken ct)
    {
        if (await records.ReadAsync(queries => queries.SessionUploadReach(session.Id, upload.Name), ct) is not null)
        {
            return;
        }

        using IDisposable lockHandle = await _uploads.EnterAsync((session.Id, upload.Name), ct);
        await committer.CommitAsync<Done>(
            context =>
            {
                if (context.Queries.Session(session.Id) is not null
                    && context.Queries.SessionUploadReach(session.Id, upload.Name) is null)
                {
                    context.Emit(new JournalRecord.SessionEnded(session.Id));
                }

                return Done.Value;
            },
            [],
            ct,
            mayUseReserve: true);
    }

    /// <summary>Returns why a new upload cannot begin with these numbers; null if it can.</summary>
    public HutchError? FindRefusal(long size, long offset) => FindRefusal(size) ?? (offset == 0 ? null : UploadExtents.IsAt(0, offset));

    private HutchError? FindRefusal(long size) => size > 0 && size <= options.MaxFileBytes
        ? null
        : ErrorCode.TooLarge.With($"A file of {size} bytes cannot be uploaded; it must have 1 to {options.MaxFileBytes}.");

    /// <summary>Returns true if the first bytes have expired. The oldest go first, so that the rest need no check.</summary>
    private bool HasExpiredEarly(SessionUpload? upload) =>
        upload is { Extents: [Extent first, ..] } && blobs.HasEnded(ExtentKeys.From(upload.Upload, first));

    private static LargeUpload ToUpload(SiteSession session, UploadKey key, long size, Guid id, Lane lane) =>
        new(session, key, size, id, lane, lane.IsTransient ? lane : Lane.Bulk);

    private async Task<Result<UploadState>> ReceiveAsync(
        LargeUpload upload, SessionUpload? before, long offset, PipeReader body, BlobHash? digest, CancellationToken ct)
    {
        using RunningHash? part = digest is null ? null : new RunningHash();
        RunningHash hash = await ResumeHashAsync(upload, before, ct);
        Result<long> received;
        Result<Done> saved;

        // Begun extents are stored and recorded, even when the request ends.
        await using (var underWay = new ExtentQueue(
            (extent, previous) => _extents.StoreAsync(upload, extent, previous, CancellationToken.None)))
        {
            try
            {
                received = await _extents.ReceiveAsync(upload, offset, body, hash, part, underWay, ct);
                saved = await underWay.CompleteAsync(ct);
            }
            catch
            {
                // Received bytes are kept with their hash: the next attempt need not read them again. Unless some of them were not
                // recorded: then another server's bytes may be there instead, as many as these.
                await underWay.DisposeAsync();
                if (underWay.GoesOn)
                {
                    _running.Return(upload.Id, hash);
                }
                else
                {
                    hash.Dispose();
                }

                throw;
            }
        }

        if (!received.TryGet(out offset, out HutchError? drop) || !saved.IsOk)
        {
            hash.Dispose();
            return drop is null ? saved.Error! : await DropAsync(upload, drop.Message, ct);
        }

        if (part is not null && part.Finish() != digest)
        {
            hash.Dispose();
            return await DropAsync(upload, $"The received bytes are not those announced: {UploadExtents.ChangedWhileSent}", ct);
        }

        if (offset < upload.Size)
        {
            _running.Return(upload.Id, hash);
            return new UploadState(offset, null);
        }

        if (await HasMoreAsync(body, ct))
        {
            hash.Dispose();
            return await DropAsync(upload, $"The body is longer than the announced {upload.Size} bytes.", ct);
        }

        using (hash)
        {
            BlobHash actual = hash.Finish();
            return !upload.Key.IsHash || actual == upload.Key.Name
                ? await FinishAsync(upload, actual, ct)
                : await DropAsync(
                    upload,
                    $"The received bytes have the SHA-256 {actual}, not {upload.Key.Name}: {UploadExtents.ChangedWhileSent}", ct);
        }
    }

    private static async Task<bool> HasMoreAsync(PipeReader body, CancellationToken ct)
    {
        ReadResult read = await body.ReadAsync(ct);
        bool more = !read.Buffer.IsEmpty;
        body.AdvanceTo(read.Buffer.End);
        return more;
    }

    /// <summary>The state of a complete upload under an id: its hash is remembered, or after a restart computed again.</summary>
    private async Task<Result<UploadState>> CompletedAsync(SiteSession session, UploadKey key, SessionUpload upload, CancellationToken ct)
    {
        if (!_completed.TryGetValue(upload.Upload, out BlobHash hash))
        {
            using RunningHash again = await ResumeHashAsync(ToUpload(session, key, upload.Size, upload.Upload, Lane.Main), upload, ct);
            hash = again.Finish();
        }

        if (await records.ReadAsync(queries => queries.SessionMayName(session.Id, hash), ct))
        {
            return blobs.Bytes.HasDamage && await blobs.FindWholeAsync(hash, ct) is null
                ? await RemoveAsync(session, key, upload.Upload, ct)
                : new UploadState(upload.Size, hash);
        }

        // All bytes came in, but the server stopped before it recorded that the push may name them.
        return await lanes.ForWritingAsync(session, ct) is { IsOk: true } lane
            ? await FinishAsync(ToUpload(session, key, upload.Size, upload.Upload, lane.Value), hash, ct)
            : new UploadState(upload.Offset, null);
    }

    private async Task<Result<UploadState>> FinishAsync(LargeUpload upload, BlobHash hash, CancellationToken ct)
    {
        const int MaxRemembered = 10_000;
        using PayloadBuffer? small = upload.Size <= blobs.Bytes.MaxSmallBytes ? await GatherAsync(upload, ct) : null;
        IReadOnlyList<StagedMember> members = small is null
            ? []
            : [new StagedMember(MemberKey.Blob(hash), small.Memory[..(int)upload.Size], upload.BlobLane)];
        Result<UploadState> finished = await committer.CommitAsync<UploadState>(
            context =>
            {
                if (context.Queries.SessionUpload(upload.Session.Id, upload.Key.Name) is not { } done)
                {
                    return PushSessions.Ended(upload.Session.Id);
                }

                if (done.Upload != upload.Id || done.Offset != upload.Size)
                {
                    return UploadExtents.IsAt(done.Offset, upload.Size);
                }

                if (small is null)
                {
                    context.Emit(
                        new JournalRecord.BlobAssembled(hash, upload.Size, upload.Id, done.Extents, DatasetLane.EndOf(upload.Lane)));
                }

                context.Emit(new JournalRecord.SessionBlobs(upload.Session.Id, [hash]));
                return new UploadState(upload.Size, hash);
            },
            members,
            ct);
        if (finished.IsOk && _completed.Count < MaxRemembered)
        {
            _completed[upload.Id] = hash;
        }

        if (EarlyExpiry.IsOfUpload(finished.Error))
        {
            Result<UploadState> forgotten = await RemoveAsync(upload.Session, upload.Key, upload.Id, ct);
            return forgotten.IsOk ? finished : forgotten;
        }

        return finished;
    }

    private async Task<PayloadBuffer> GatherAsync(LargeUpload upload, CancellationToken ct)
    {
        SessionUpload? done = await records.ReadAsync(queries => queries.SessionUpload(upload.Session.Id, upload.Key.Name), ct);
        return await blobs.GatherAsync(upload.Id, done?.Extents ?? [], (int)upload.Size, ct);
    }

    /// <summary>Forgets received bytes that do not have the announced hash, so that the upload starts over.</summary>
    private async Task<Result<UploadState>> DropAsync(LargeUpload upload, string why, CancellationToken ct)
    {
        Result<UploadState> forgotten = await RemoveAsync(upload.Session, upload.Key, upload.Id, ct);
        return forgotten.IsOk ? ErrorCode.DigestMismatch.With(why) : forgotten.Error;
    }

    /// <summary>Forgets an upload, unless another one has begun in its place.</summary>
    private Task<Result<UploadState>> RemoveAsync(SiteSession session, UploadKey key, Guid upload, CancellationToken ct)
    {
        _completed.TryRemove(upload, out _);
        return committer.CommitAsync<UploadState>(
            context =>
            {
                if (context.Queries.SessionUploadReach(session.Id, key.Name) is { } now)
                {
                    if (now.Upload != upload)
                    {
                        return new UploadState(now.Offset, null);
                    }

                    context.Emit(new JournalRecord.SessionUploadDropped(session.Id, key.Name));
                }

                return new UploadState(0, null);
            },
            [],
            ct,
            mayUseReserve: true);
    }

    /// <summary>The hash of the bytes received so far: kept from the last request, or computed from the extents after a restart.</summary>
    private async Task<RunningHash> ResumeHashAsync(LargeUpload upload, SessionUpload? before, CancellationToken ct)
    {
        if (_running.Take(upload.Id, before?.Offset ?? 0) is { } saved)
        {
            return saved;
        }

        var hash = new RunningHash();
        try
        {
            await blobs.FeedAsync(upload.Id, before?.Extents ?? [], hash.Append, ct);
            return hash;
        }
        catch
        {
            hash.Dispose();
            throw;
        }
    }
}

/// <summary>The state of a large file's upload.</summary>
/// <param name="Offset">Bytes that are durable.</param>
/// <param name="Hash">Its SHA-256, once it is complete.</param>
public sealed record UploadState(long Offset, BlobHash? Hash);
