using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Platform.Locks;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Storage;

namespace Hutch.Site.Write.Pushes;

/// <summary>Uploads of large files, in as many requests as it takes.</summary>
public sealed partial class PushSessions
{
    private const string ChangedWhileSent = "the file changed while it was being sent, or the network damaged it. Send it again.";

    private readonly KeyedLock<(Guid Session, BlobHash Hash)> _uploads = new();
    private readonly RunningHashes _running = new();
    private readonly ConcurrentDictionary<Guid, BlobHash> _completed = new();

    /// <summary>The state of a large file's upload: its durable bytes, and its hash once it is complete.</summary>
    public async Task<Result<UploadState>> UploadStateAsync(SiteSession session, UploadKey key, CancellationToken ct)
    {
        using IDisposable operation = operations.Begin();
        using IDisposable turn = await _uploads.EnterAsync((session.Id, key.Name), ct);
        (bool named, SessionUpload? upload) = await records.ReadAsync(
            queries => (key.IsHash && queries.SessionMayName(session.Id, key.Name), queries.SessionUpload(session.Id, key.Name)), ct);
        if (named && await blobs.FindWholeAsync(key.Name, ct) is { } whole)
        {
            return new UploadState(whole.Size, key.Name);
        }

        try
        {
            return upload is null ? new UploadState(0, null)
                : HasExpiredEarly(upload) ? await RemoveAsync(session, key, upload.Upload, ct)
                : upload.Offset < upload.Size || key.IsHash ? new UploadState(upload.Offset, null)
                : await CompletedAsync(session, key, upload, ct);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Quarantined)
        {
            return await RemoveAsync(session, key, upload!.Upload, ct);
        }
    }

    /// <summary>Returns true if the first bytes have expired. The oldest go first, so that the rest need no check.</summary>
    private bool HasExpiredEarly(SessionUpload? upload) =>
        upload is { Extents: [Extent first, ..] } && blobs.HasEnded(ExtentKeys.From(upload.Upload, first));

    private static Upload ToUpload(SiteSession session, UploadKey key, long size, Guid id, Lane lane) =>
        new(session, key, size, id, lane, lane.IsTransient ? lane : Lane.Bulk);

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
    public async Task<Result<UploadState>> UploadAsync(
        SiteSession session, UploadKey key, long size, long offset, PipeReader body, BlobHash? digest, CancellationToken ct)
    {
        if (FindRefusal(size) is { } refusal)
        {
            return refusal;
        }

        using IDisposable operation = operations.Begin();
        using IDisposable turn = await _uploads.EnterAsync((session.Id, key.Name), ct);
        SessionUpload? before = await records.ReadAsync(queries => queries.SessionUpload(session.Id, key.Name), ct);
        long reached = before?.Offset ?? 0;
        if (offset != reached || (before is not null && before.Size != size))
        {
            return IsAt(reached, offset);
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

    /// <summary>Returns why a new upload cannot begin with these numbers; null if it can.</summary>
    public HutchError? FindRefusal(long size, long offset) => FindRefusal(size) ?? (offset == 0 ? null : IsAt(0, offset));

    private HutchError? FindRefusal(long size) => size > 0 && size <= options.MaxFileBytes
        ? null
        : ErrorCode.TooLarge.With($"A file of {size} bytes cannot be uploaded; it must have 1 to {options.MaxFileBytes}.");

    private static HutchError IsAt(long reached, long offset) =>
        WrongOffset($"The upload is at byte {reached}, not at {offset}.", reached);

    /// <summary>The refusal of bytes that are not those which come next; the client continues from where the upload is.</summary>
    private static HutchError WrongOffset(string message, long reached) => (
        ErrorCode.Conflict with { Advice = "Continue from there." }).With(
        message, "offset", reached.ToString(CultureInfo.InvariantCulture));

    private async Task<Result<UploadState>> ReceiveAsync(
        Upload upload, SessionUpload? before, long offset, PipeReader body, BlobHash? digest, CancellationToken ct)
    {
        using RunningHash? part = digest is null ? null : new RunningHash();
        RunningHash hash = await ResumeHashAsync(upload, before, ct);
        Result<long> received;
        Result<Done> kept;
        await using (var underWay = new ExtentQueue((extent, previous) => StoreExtentAsync(upload, extent, previous)))
        {
            try
            {
                received = await ReceiveExtentsAsync(upload, offset, body, hash, part, underWay, ct);
                kept = await underWay.CompleteAsync(ct);
            }
            catch
            {
                // Received bytes are kept with their hash: the next attempt need not read them again. Unless some of them were not
                // recorded:
                // then another server's bytes may be there instead, as many as these.
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

        if (!received.TryGet(out offset, out HutchError? drop) || !kept.IsOk)
        {
            hash.Dispose();
            return drop is null ? kept.Error! : await DropAsync(upload, drop.Message, ct);
        }

        if (part is not null && part.Finish() != digest)
        {
            hash.Dispose();
            return await DropAsync(upload, $"The received bytes are not those announced: {ChangedWhileSent}", ct);
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
                    $"The received bytes have the SHA-256 {actual}, not {upload.Key.Name}: {ChangedWhileSent}", ct);
        }
    }
}

/// <summary>The state of a large file's upload.</summary>
/// <param name="Offset">Bytes that are durable.</param>
/// <param name="Hash">Its SHA-256, once it is complete.</param>
public sealed record UploadState(long Offset, BlobHash? Hash);
