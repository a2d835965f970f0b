using System.Globalization;
using Hutch.Model.Checksums;
using Hutch.Site.Platform.Fairness;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Pushes;

/// <summary>The extents of large files: received, made durable, recorded.</summary>
internal sealed class UploadExtents(Committer committer, BlobStore blobs)
{
    public const string ChangedWhileSent = "the file changed while it was being sent, or the network damaged it. Send it again.";

    /// <summary>The largest allowed extent: the cost of each in addition to its bytes (a record, a sync) is then small.</summary>
    private const int UploadExtentBytes = PayloadPool.MaxBufferBytes;

    /// <summary>Receives extents until the body ends. Returns the end offset, or the reason why earlier bytes must be dropped.</summary>
    public async Task<Result<long>> ReceiveAsync(
        LargeUpload upload, long offset, PipeReader body, RunningHash hash, RunningHash? part, ExtentQueue underWay, CancellationToken ct)
    {
        RequestScope.Current?.Expect(upload.Size - offset);
        using var fill = new BodyBuffer(
            blobs.Pool,
            body,
            Hash,
            (buffer, filled) => AddAsync(buffer, filled, isStored: false, ct),
            token => blobs.Work.EnterAsync(UploadExtentBytes, token));
        while (offset < upload.Size && underWay.GoesOn)
        {
            // An extent that was stored, but not recorded before a stop or a failure. Its name must never refer to other bytes.
            int? leftOver = blobs.MemberLength(MemberKey.Extent(upload.Id, offset));
            int wanted = leftOver ?? (int)Math.Min(UploadExtentBytes, upload.Size - offset);
            FillResult end;
            try
            {
                end = await fill.FillAsync(wanted, mayPutAway: leftOver is null, ct);
            }
            catch when (leftOver is null && fill.Filled > 0)
            {
                // The connection broke: received bytes are kept, and need not be sent, nor hashed, again.
                int came = fill.Filled;
                await AddAsync((await fill.TakeAsync(CancellationToken.None))!, came, isStored: false, CancellationToken.None);
                throw;
            }

            int filled = fill.Filled;
            if (end == FillResult.PutAway)
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
                    $"The bytes from {offset} on differ from those sent before: {ChangedWhileSent}");
            }

            await AddAsync(buffer, filled, leftOver is not null, ct);
            if (filled < wanted)
            {
                break;
            }
        }

        return offset;

        // As they come, so that the sender does not wait until an extent is hashed.
        void Hash(ReadOnlyMemory<byte> bytes)
        {
            hash.Append(bytes.Span);
            part?.Append(bytes.Span);
        }

        async Task AddAsync(PayloadBuffer buffer, int filled, bool isStored, CancellationToken token)
        {
            var extent = new ReceivedExtent(buffer, offset, filled, isStored);
            try
            {
                await underWay.AddAsync(extent, token);
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

    /// <summary>
    /// Makes an extent durable while others are on their way too, and records it after those before it: there are never gaps.
    /// </summary>
    public async Task<Result<Done>> StoreAsync(
        LargeUpload upload, ReceivedExtent extent, Task<Result<Done>> previous, CancellationToken ct)
    {
        uint crc = Checksum.Crc32C(extent.Bytes.Span);
        using (extent.Buffer)
        {
            if (!extent.IsStored)
            {
                await blobs.Bytes.WriteAsync(
                    upload.Lane, MemberKey.Extent(upload.Id, extent.Offset), new ExtentBody(extent.Bytes, crc), ct);
                RequestScope.Current?.NoteWritten(extent.Length);
            }
        }

        Result<Done> before = await previous;
        return before.IsOk
            ? await RecordAsync(upload, new Extent(extent.Offset, extent.Length, crc), extent.IsStored, ct)
            : before;
    }

    public static HutchError IsAt(long reached, long offset) =>
        WrongOffset($"The upload is at byte {reached}, not at {offset}.", reached);

    /// <summary>Returns true if an extent has these bytes on the disk. Otherwise the buffer is disposed.</summary>
    private async Task<bool> IsStoredAsync(LargeUpload upload, long offset, PayloadBuffer buffer, int length, CancellationToken ct)
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

    private Task<Result<Done>> RecordAsync(
        LargeUpload upload, Extent extent, bool wasThere, CancellationToken ct) => committer.CommitAsync<Done>(
        context =>
        {
            if (context.Queries.Session(upload.Session.Id) is null)
            {
                return PushSessions.Ended(upload.Session.Id);
            }

            // Another server may have received the same bytes, or others, during this time: only one of them continues.
            (Guid id, long size, long reached) = context.Queries.SessionUploadReach(upload.Session.Id, upload.Key.Name)
                ?? (upload.Id, upload.Size, 0);
            if (id != upload.Id || size != upload.Size || reached != extent.Offset)
            {
                return IsAt(reached, extent.Offset);
            }

            // Until now nothing refers to the extent of an earlier attempt: a collection may have removed it since it was found.
            var key = MemberKey.Extent(upload.Id, extent.Offset);
            if (wasThere && !blobs.Bytes.TryLocate(key, out _))
            {
                return IsAt(reached, extent.Offset + extent.Length);
            }

            if (!IsOurs(upload, extent))
            {
                return WrongOffset($"Another server got other bytes for this upload, from byte {reached} on.", reached);
            }

            context.RelyOn(key);
            context.Emit(new JournalRecord.SessionExtent(upload.Session.Id, upload.Key.Name, upload.Size, upload.Id, extent));
            return Done.Value;
        },
        [],
        ct);

    /// <summary>Returns true if the name of an extent refers to the bytes that this server wrote, and not to another server's.</summary>
    private bool IsOurs(LargeUpload upload, Extent extent) =>
        !blobs.Bytes.TryLocate(MemberKey.Extent(upload.Id, extent.Offset), out MemberLocation location)
        || (location.Length == extent.Length && location.Crc32C == extent.Crc);

    /// <summary>The refusal of bytes that are not those which come next; the client continues from where the upload is.</summary>
    private static HutchError WrongOffset(string message, long reached) => (
        ErrorCode.Conflict with { Advice = "Continue from there." }).With(
        message, "offset", reached.ToString(CultureInfo.InvariantCulture));
}

/// <summary>The upload of a large file.</summary>
/// <param name="Key">The client's name for it.</param>
/// <param name="Size">Announced size, bytes.</param>
/// <param name="Id">First part of the extents' names.</param>
/// <param name="BlobLane">The lane of a small blob.</param>
/// <param name="Lane">The lane of the extents.</param>
internal sealed record LargeUpload(SiteSession Session, UploadKey Key, long Size, Guid Id, Lane BlobLane, Lane Lane);
