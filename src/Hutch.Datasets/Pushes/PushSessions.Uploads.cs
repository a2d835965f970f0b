using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Hutch.Catalog.Site;
using Hutch.Datasets.Blobs;
using Hutch.Datasets.Committing;
using Hutch.Datasets.Fairness;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Storage;
using Hutch.Storage.Payloads;
using Hutch.Storage.Segments;

namespace Hutch.Datasets.Pushes;

public sealed partial class PushSessions
{
    private readonly KeyedLock<(Guid Session, BlobHash Hash)> _uploads = new();
    private readonly Dictionary<(Guid Session, BlobHash Hash), RunningHash> _running = [];
    private readonly ConcurrentDictionary<(Guid Session, BlobHash Name), BlobHash> _completed = new();

    /// <summary>How far the upload of a large file has come: what is durable, and its hash once it is complete.</summary>
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
                : upload.Offset < upload.Size || key.IsHash ? new UploadState(upload.Offset, null)
                : await CompletedAsync(session, key, upload, ct);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Quarantined)
        {
            return await ForgetAsync(session, key, ct);
        }
    }

    /// <summary>The state of a complete upload under an id: its hash is remembered, or after a restart computed again.</summary>
    private async Task<Result<UploadState>> CompletedAsync(SiteSession session, UploadKey key, SessionUpload upload, CancellationToken ct)
    {
        if (!_completed.TryGetValue((session.Id, key.Name), out BlobHash hash))
        {
            using RunningHash again = await TakeHashAsync(ToUpload(session, key, upload.Size, upload.Upload, Lane.Main), upload, ct);
            hash = again.Finish();
        }

        if (await records.ReadAsync(queries => queries.SessionMayName(session.Id, hash), ct))
        {
            return blobs.Segments.HasDamage && await blobs.FindWholeAsync(hash, ct) is null
                ? await ForgetAsync(session, key, ct)
                : new UploadState(upload.Size, hash);
        }

        // All bytes came in, but the stop came before the push could be told that it may name them.
        return await LaneForAsync(session, ct) is { IsOk: true } lane
            ? await FinishAsync(ToUpload(session, key, upload.Size, upload.Upload, lane.Value), hash, ct)
            : new UploadState(upload.Offset, null);
    }

    private static Upload ToUpload(SiteSession session, UploadKey key, long size, Guid id, Lane lane) =>
        new(session, key, size, id, lane, lane.IsTransient ? lane : Lane.Bulk);

    /// <summary>
    /// Takes in the next bytes of a large file. Each extent is durable before the next begins, so that a broken upload goes on
    /// after the last of them; with the last byte the whole is checked against its hash.
    /// </summary>
    /// <param name="session">The push.</param>
    /// <param name="key">The announced SHA-256, or an id of the client's own.</param>
    /// <param name="size">The announced size, bytes.</param>
    /// <param name="offset">Where the body begins; must be where the upload stands.</param>
    /// <param name="body">The bytes; the body may end anywhere.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="digest">SHA-256 of this body, checked when it is there: so a client knows that what it read arrived, without hashing the whole file itself.</param>
    /// <returns>How far the upload has come.</returns>
    public async Task<Result<UploadState>> UploadAsync(
        SiteSession session, UploadKey key, long size, long offset, PipeReader body, CancellationToken ct, BlobHash? digest = null)
    {
        if (size > options.MaxFileBytes || size <= 0)
        {
            return ErrorCode.TooLarge.With($"A file of {size} bytes cannot be uploaded; 1 to {options.MaxFileBytes} bytes can.");
        }

        using IDisposable operation = operations.Begin();
        using IDisposable turn = await _uploads.EnterAsync((session.Id, key.Name), ct);
        SessionUpload? before = await records.ReadAsync(queries => queries.SessionUpload(session.Id, key.Name), ct);
        long reached = before?.Offset ?? 0;
        if (offset != reached || (before is not null && before.Size != size))
        {
            return (ErrorCode.Conflict with { Advice = "Go on from there." }).With(
                $"The upload stands at byte {reached}, not at {offset}.",
                "offset",
                reached.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        Result<Lane> lane = await LaneForAsync(session, ct);
        if (!lane.IsOk)
        {
            return lane.Error;
        }

        try
        {
            var upload = ToUpload(session, key, size, before?.Upload ?? newId(), lane.Value);
            return await ReceiveAsync(upload, before, reached, body, digest, ct);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Quarantined)
        {
            return await DropAsync(
                session, key, "Bytes of this upload that had come in before were damaged on the server's disk. Send the file again from its beginning.", ct);
        }
        catch (StorageFullException e)
        {
            return FullDisk.Refusal(e, "What came in before is kept.");
        }
        catch (StorageUnknownOutcomeException)
        {
            return ErrorCode.OutcomeUnknown.With("The disk did not confirm the write. Ask how far the upload has come and go on from there.");
        }
    }

    private async Task<Result<UploadState>> ReceiveAsync(
        Upload upload, SessionUpload? before, long offset, PipeReader body, BlobHash? digest, CancellationToken ct)
    {
        using RunningHash? part = digest is null ? null : new RunningHash();
        RunningHash hash = await TakeHashAsync(upload, before, ct);
        Result<long> received;
        Result<Done> kept;
        await using (var underWay = new ExtentQueue((extent, previous) => KeepExtentAsync(upload, extent, previous)))
        {
            try
            {
                received = await ReceiveExtentsAsync(upload, offset, body, hash, part, underWay, ct);
                kept = await underWay.CompleteAsync(ct);
            }
            catch
            {
                // What came whole is kept all the same, and its hash with it: the next attempt need not read it again.
                KeepHash(upload, hash);
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
            return await DropAsync(upload, "The bytes received are not those that were announced: the file changed while it was sent, or the network damaged it. Read and send it again.", ct);
        }

        if (offset < upload.Size)
        {
            KeepHash(upload, hash);
            return new UploadState(offset, null);
        }

        if (await HasMoreAsync(body, ct))
        {
            hash.Dispose();
            return await DropAsync(upload, $"The body is longer than the {upload.Size} bytes that were announced.", ct);
        }

        using (hash)
        {
            BlobHash actual = hash.Finish();
            return !upload.Key.IsHash || actual == upload.Key.Name
                ? await FinishAsync(upload, actual, ct)
                : await DropAsync(upload, $"The bytes received have the SHA-256 {actual}, not {upload.Key.Name}: the file changed while it was sent, or the network damaged it. Read and send it again.", ct);
        }
    }

    /// <summary>Takes in extents as far as the body goes; returns where it ended, or why what came in before must be dropped.</summary>
    private async Task<Result<long>> ReceiveExtentsAsync(
        Upload upload, long offset, PipeReader body, RunningHash hash, RunningHash? part, ExtentQueue underWay, CancellationToken ct)
    {
        WorkScope.Current?.Expect(upload.Size - offset);
        using var fill = new BodyFill(
            blobs.Pool, body, null, (buffer, filled) => AddAsync(buffer, filled, isStored: false), token => blobs.Work.EnterAsync(UploadExtentBytes, token));
        while (offset < upload.Size && underWay.GoesOn)
        {
            // An extent that was stored, but not recorded before a stop or a failure. Its name must never stand for other bytes.
            int? leftOver = blobs.MemberLength(MemberKey.Extent(upload.Id, offset));
            int wanted = leftOver ?? (int)Math.Min(UploadExtentBytes, upload.Size - offset);
            FillEnd end = await fill.FillAsync(wanted, mayPutAway: leftOver is null, ct);
            int filled = fill.Filled;
            if (end == FillEnd.PutAway)
            {
                continue;
            }

            if (filled == 0 || filled < leftOver)
            {
                return offset;
            }

            PayloadBuffer buffer = (await fill.TakeAsync(ct))!;
            if (leftOver is not null && !await IsStoredAsync(upload, offset, buffer, filled, ct))
            {
                return ErrorCode.DigestMismatch.With(
                    $"The bytes from {offset} on are not those that were sent there before: the file changed while it was sent. Read and send it again.");
            }

            await AddAsync(buffer, filled, leftOver is not null);
            if (filled < wanted)
            {
                break;
            }
        }

        return offset;

        async Task AddAsync(PayloadBuffer buffer, int filled, bool isStored)
        {
            var extent = new ReceivedExtent(buffer, offset, filled, isStored);
            try
            {
                hash.Append(extent.Bytes.Span);
                part?.Append(extent.Bytes.Span);
                await underWay.AddAsync(extent, ct);
                offset += filled;
            }
            finally
            {
                if (!underWay.Owns(extent))
                {
                    buffer.Dispose();
                }
            }
        }
    }

    /// <summary>Whether an extent has these bytes on the disk. The buffer is disposed when it has not.</summary>
    private async Task<bool> IsStoredAsync(Upload upload, long offset, PayloadBuffer buffer, int length, CancellationToken ct)
    {
        bool isStored = false;
        try
        {
            using PayloadBuffer stored = await blobs.Pool.RentAsync(length, ct);
            int found = await blobs.ReadMemberAsync(MemberKey.Extent(upload.Id, offset), stored.Memory, ct);
            isStored = stored.Memory.Span[..found].SequenceEqual(buffer.Memory.Span[..length]);
        }
        finally
        {
            if (!isStored)
            {
                buffer.Dispose();
            }
        }

        return isStored;
    }

    /// <summary>Makes an extent durable while others are on their way too, and records it after those before it: there are never gaps.</summary>
    private async Task<Result<Done>> KeepExtentAsync(Upload upload, ReceivedExtent extent, Task<Result<Done>> previous)
    {
        uint crc = Checksum.Crc32C(extent.Bytes.Span);
        using (extent.Buffer)
        {
            if (!extent.IsStored)
            {
                var group = new SegmentGroup { IsForLater = upload.Size >= PassingFile.WorthwhileBytes };
                group.Add(MemberKey.Extent(upload.Id, extent.Offset), extent.Bytes, crc);
                await ExtentWriter.AppendAsync(blobs.Segments, upload.Lane, group, CancellationToken.None);
            }
        }

        Result<Done> before = await previous;
        return before.IsOk ? await RecordExtentAsync(upload, new Extent(extent.Offset, extent.Length, crc)) : before;
    }

    private Task<Result<Done>> RecordExtentAsync(Upload upload, Extent extent) => committer.CommitAsync<Done>(
        context =>
        {
            if (context.Queries.Session(upload.Session.Id) is null)
            {
                return Ended(upload.Session.Id);
            }

            if (extent.Offset == 0)
            {
                context.Reserve(upload.Session.Dataset, upload.Size);
            }

            context.Emit(new JournalRecord.SessionExtent(upload.Session.Id, upload.Key.Name, upload.Size, upload.Id, extent));
            return Done.Value;
        },
        [],
        CancellationToken.None);

    private async Task<Result<UploadState>> FinishAsync(Upload upload, BlobHash hash, CancellationToken ct)
    {
        const int MaxRemembered = 10_000;
        using PayloadBuffer? small = upload.Size <= BlobOptions.MaxSmallBytes ? await GatherAsync(upload, ct) : null;
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

                if (small is null)
                {
                    context.Emit(new JournalRecord.BlobAssembled(hash, upload.Size, upload.Id, done.Extents, DatasetLane.EndOf(upload.Lane)));
                }

                context.Emit(new JournalRecord.SessionBlobs(upload.Session.Id, [hash]));
                return new UploadState(upload.Size, hash);
            },
            members,
            ct);
        if (finished.IsOk && _completed.Count < MaxRemembered)
        {
            _completed[(upload.Session.Id, upload.Key.Name)] = hash;
        }

        return finished;
    }

    /// <summary>The bytes of a small file: small blobs are always one member, whichever way they came, since their place follows from their size.</summary>
    private async Task<PayloadBuffer> GatherAsync(Upload upload, CancellationToken ct)
    {
        SessionUpload? done = await records.ReadAsync(queries => queries.SessionUpload(upload.Session.Id, upload.Key.Name), ct);
        PayloadBuffer buffer = await blobs.Pool.RentAsync((int)upload.Size, ct);
        try
        {
            foreach (Extent extent in done?.Extents ?? [])
            {
                await blobs.ReadMemberAsync(MemberKey.Extent(upload.Id, extent.Offset), buffer.Memory[(int)extent.Offset..], ct);
            }

            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    private Task<Result<UploadState>> DropAsync(Upload upload, string why, CancellationToken ct) => DropAsync(upload.Session, upload.Key, why, ct);

    /// <summary>Forgets what came in under a hash that it does not have, so that the upload begins anew.</summary>
    private async Task<Result<UploadState>> DropAsync(SiteSession session, UploadKey key, string why, CancellationToken ct)
    {
        Result<UploadState> forgotten = await ForgetAsync(session, key, ct);
        return forgotten.IsOk ? ErrorCode.DigestMismatch.With(why) : forgotten.Error;
    }

    private Task<Result<UploadState>> ForgetAsync(SiteSession session, UploadKey key, CancellationToken ct)
    {
        _completed.TryRemove((session.Id, key.Name), out _);
        return committer.CommitAsync<UploadState>(
            context =>
            {
                context.Emit(new JournalRecord.SessionUploadDropped(session.Id, key.Name));
                return new UploadState(0, null);
            },
            [],
            ct,
            mayUseReserve: true);
    }

    /// <summary>The hash of what came in before: kept from the last request, or after a restart computed from the extents.</summary>
    private async Task<RunningHash> TakeHashAsync(Upload upload, SessionUpload? before, CancellationToken ct)
    {
        lock (_running)
        {
            if (_running.Remove((upload.Session.Id, upload.Key.Name), out RunningHash? kept))
            {
                if (kept.Length == (before?.Offset ?? 0))
                {
                    return kept;
                }

                kept.Dispose();
            }
        }

        var hash = new RunningHash();
        foreach (Extent extent in before?.Extents ?? [])
        {
            using PayloadBuffer buffer = await blobs.Pool.RentAsync(extent.Length, ct);
            int length = await blobs.ReadMemberAsync(MemberKey.Extent(upload.Id, extent.Offset), buffer.Memory, ct);
            hash.Append(buffer.Memory.Span[..length]);
        }

        return hash;
    }

    private void KeepHash(Upload upload, RunningHash hash)
    {
        const int MaxKept = 1000;
        lock (_running)
        {
            if (_running.Count >= MaxKept && _running.Remove(_running.Keys.First(), out RunningHash? other))
            {
                // Computed again if that upload ever goes on; those that were given up must not stop this for good.
                other.Dispose();
            }

            if (_running.TryAdd((upload.Session.Id, upload.Key.Name), hash))
            {
                return;
            }
        }

        hash.Dispose();
    }

    private static async Task<bool> HasMoreAsync(PipeReader body, CancellationToken ct)
    {
        ReadResult read = await body.ReadAsync(ct);
        bool more = !read.Buffer.IsEmpty;
        body.AdvanceTo(read.Buffer.End);
        return more;
    }

    /// <summary>As large as an extent may be: what each costs beside its bytes (a record, a sync) is then small.</summary>
    private const int UploadExtentBytes = PayloadPool.MaxBufferBytes;

    /// <param name="Session">Of which push.</param>
    /// <param name="Key">What the client calls it.</param>
    /// <param name="Size">Announced size, bytes.</param>
    /// <param name="Id">First part of the extents' names.</param>
    /// <param name="BlobLane">Where a small blob belongs.</param>
    /// <param name="Lane">Where the extents go.</param>
    private sealed record Upload(SiteSession Session, UploadKey Key, long Size, Guid Id, Lane BlobLane, Lane Lane);

    private sealed class RunningHash : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public long Length { get; private set; }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            _hash.AppendData(bytes);
            Length += bytes.Length;
        }

        public BlobHash Finish() => new(_hash.GetHashAndReset());

        public void Dispose() => _hash.Dispose();
    }
}
