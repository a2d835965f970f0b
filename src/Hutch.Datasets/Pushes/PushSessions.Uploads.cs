using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Hutch.Catalog.Site;
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

    /// <summary>How far the upload of a large file has come, bytes: what is durable.</summary>
    public ValueTask<long> UploadOffsetAsync(SiteSession session, BlobHash hash, CancellationToken ct) => records.ReadAsync(
        queries => queries.SessionMayName(session.Id, hash) ? long.MaxValue : queries.SessionUpload(session.Id, hash)?.Offset ?? 0, ct);

    /// <summary>
    /// Takes in the next bytes of a large file. Each extent is durable before the next begins, so that a broken upload goes on
    /// after the last of them; with the last byte the whole is checked against its hash.
    /// </summary>
    /// <param name="session">The push.</param>
    /// <param name="hash">The announced SHA-256.</param>
    /// <param name="size">The announced size, bytes.</param>
    /// <param name="offset">Where the body begins; must be where the upload stands.</param>
    /// <param name="body">The bytes; the body may end anywhere.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>How far the upload has come.</returns>
    public async Task<Result<long>> UploadAsync(SiteSession session, BlobHash hash, long size, long offset, PipeReader body, CancellationToken ct)
    {
        if (size > options.MaxFileBytes || size <= 0)
        {
            return ErrorCode.TooLarge.With($"A file of {size} bytes cannot be uploaded; 1 to {options.MaxFileBytes} bytes can.");
        }

        using IDisposable operation = operations.Begin();
        using IDisposable turn = await _uploads.EnterAsync((session.Id, hash), ct);
        SessionUpload? before = await records.ReadAsync(queries => queries.SessionUpload(session.Id, hash), ct);
        long reached = before?.Offset ?? 0;
        if (offset != reached || (before is not null && before.Size != size))
        {
            return ErrorCode.Conflict.With(
                $"The upload of {hash} stands at byte {reached}, not at {offset}. Go on from there.",
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
            var upload = new Upload(session, hash, size, before?.Upload ?? Guid.NewGuid(), lane.Value.IsTransient ? lane.Value : Lane.Bulk);
            return await ReceiveAsync(upload, before, reached, body, ct);
        }
        catch (StorageFullException e)
        {
            return ErrorCode.InsufficientStorage.With($"There is no space left on the server's disk ({e.Message}). What came in before is kept; go on when there is space.");
        }
        catch (StorageUnknownOutcomeException)
        {
            return ErrorCode.OutcomeUnknown.With("The disk did not confirm the write. Ask how far the upload has come and go on from there.");
        }
    }

    private async Task<Result<long>> ReceiveAsync(Upload upload, SessionUpload? before, long offset, PipeReader body, CancellationToken ct)
    {
        RunningHash hash = await TakeHashAsync(upload, before, ct);
        bool isWhole = true;
        while (isWhole && offset < upload.Size)
        {
            int wanted = (int)Math.Min(UploadExtentBytes, upload.Size - offset);
            using PayloadBuffer buffer = await blobs.Pool.RentAsync(wanted, ct);
            int filled = await FillAsync(body, buffer.Memory[..wanted], ct);
            isWhole = filled == wanted;
            if (filled == 0)
            {
                break;
            }

            hash.Append(buffer.Memory.Span[..filled]);
            Result<Done> kept = await KeepExtentAsync(upload, offset, buffer.Memory[..filled], ct);
            if (!kept.IsOk)
            {
                hash.Dispose();
                return kept.Error;
            }

            offset += filled;
        }

        if (offset < upload.Size)
        {
            KeepHash(upload, hash);
            return offset;
        }

        if (await HasMoreAsync(body, ct))
        {
            hash.Dispose();
            return await DropAsync(upload, $"The body is longer than the {upload.Size} bytes that were announced.", ct);
        }

        using (hash)
        {
            BlobHash actual = hash.Finish();
            return actual == upload.Hash
                ? await FinishAsync(upload, ct)
                : await DropAsync(upload, $"The bytes received have the SHA-256 {actual}, not {upload.Hash}: the file changed while it was sent, or the network damaged it. Read and send it again.", ct);
        }
    }

    private async Task<Result<Done>> KeepExtentAsync(Upload upload, long offset, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        uint crc = Checksum.Crc32C(bytes.Span);
        var group = new SegmentGroup();
        group.Add(MemberKey.Extent(upload.Id, offset), bytes, crc);
        await blobs.Segments.AppendAsync(upload.Lane, group, ct);
        return await committer.CommitAsync<Done>(
            context =>
            {
                if (context.Queries.Session(upload.Session.Id) is null)
                {
                    return Ended(upload.Session.Id);
                }

                context.Emit(new JournalRecord.SessionExtent(upload.Session.Id, upload.Hash, upload.Size, upload.Id, new Extent(offset, bytes.Length, crc)));
                return Done.Value;
            },
            [],
            ct);
    }

    private Task<Result<long>> FinishAsync(Upload upload, CancellationToken ct) => committer.CommitAsync<long>(
        context =>
        {
            if (context.Queries.SessionUpload(upload.Session.Id, upload.Hash) is not { } done)
            {
                return Ended(upload.Session.Id);
            }

            context.Emit(new JournalRecord.BlobAssembled(upload.Hash, upload.Size, upload.Id, done.Extents, DatasetLane.EndOf(upload.Lane)));
            context.Emit(new JournalRecord.SessionBlobs(upload.Session.Id, [upload.Hash]));
            return upload.Size;
        },
        [],
        ct);

    /// <summary>Forgets what came in under a hash that it does not have, so that the upload begins anew.</summary>
    private async Task<Result<long>> DropAsync(Upload upload, string why, CancellationToken ct)
    {
        Result<Done> dropped = await committer.CommitAsync<Done>(
            context =>
            {
                context.Emit(new JournalRecord.SessionUploadDropped(upload.Session.Id, upload.Hash));
                return Done.Value;
            },
            [],
            ct,
            mayUseReserve: true);
        return dropped.IsOk ? ErrorCode.DigestMismatch.With(why) : dropped.Error;
    }

    /// <summary>The hash of what came in before: kept from the last request, or after a restart computed from the extents.</summary>
    private async Task<RunningHash> TakeHashAsync(Upload upload, SessionUpload? before, CancellationToken ct)
    {
        lock (_running)
        {
            if (_running.Remove((upload.Session.Id, upload.Hash), out RunningHash? kept))
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
            if (_running.Count < MaxKept && _running.TryAdd((upload.Session.Id, upload.Hash), hash))
            {
                return;
            }
        }

        hash.Dispose();
    }

    private static async Task<int> FillAsync(PipeReader body, Memory<byte> destination, CancellationToken ct)
    {
        int filled = 0;
        while (filled < destination.Length)
        {
            ReadResult read = await body.ReadAsync(ct);
            ReadOnlySequence<byte> part = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, destination.Length - filled));
            part.CopyTo(destination.Span[filled..]);
            filled += (int)part.Length;
            body.AdvanceTo(part.End);
            if (read.IsCompleted && part.Length == read.Buffer.Length)
            {
                break;
            }
        }

        return filled;
    }

    private static async Task<bool> HasMoreAsync(PipeReader body, CancellationToken ct)
    {
        ReadResult read = await body.ReadAsync(ct);
        bool more = !read.Buffer.IsEmpty;
        body.AdvanceTo(read.Buffer.End);
        return more;
    }

    private const int UploadExtentBytes = 4 << 20;

    private sealed record Upload(SiteSession Session, BlobHash Hash, long Size, Guid Id, Lane Lane);

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
