using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Write.Committing;
using Hutch.Storage;
using Hutch.Storage.Payloads;

namespace Hutch.Site.Write.Pushes;

/// <summary>The end of uploads of large files: as a blob that the push may name, or forgotten.</summary>
public sealed partial class PushSessions
{
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

    private async Task<Result<UploadState>> FinishAsync(Upload upload, BlobHash hash, CancellationToken ct)
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
                    return Ended(upload.Session.Id);
                }

                if (done.Upload != upload.Id || done.Offset != upload.Size)
                {
                    return IsAt(done.Offset, upload.Size);
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

    private async Task<PayloadBuffer> GatherAsync(Upload upload, CancellationToken ct)
    {
        SessionUpload? done = await records.ReadAsync(queries => queries.SessionUpload(upload.Session.Id, upload.Key.Name), ct);
        return await blobs.GatherAsync(upload.Id, done?.Extents ?? [], (int)upload.Size, ct);
    }

    /// <summary>Forgets received bytes that do not have the announced hash, so that the upload starts over.</summary>
    private async Task<Result<UploadState>> DropAsync(Upload upload, string why, CancellationToken ct)
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
    private async Task<RunningHash> ResumeHashAsync(Upload upload, SessionUpload? before, CancellationToken ct)
    {
        if (_running.Take(upload.Id, before?.Offset ?? 0) is { } kept)
        {
            return kept;
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
