using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Hutch.Datasets.Committing;
using Hutch.Datasets.Maintenance;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Storage;
using Hutch.Storage.Payloads;
using Hutch.Storage.Segments;

namespace Hutch.Datasets.Blobs;

/// <summary>Takes in the body of a request: a small one into memory, a large one (or one of unknown length) as extents.</summary>
public sealed class BlobIntake(BlobStore store, OperationTracker operations, BlobOptions options, Func<Guid> newId)
{
    /// <summary>Reads a body to its end.</summary>
    /// <param name="body">The body; at most <paramref name="length"/> bytes when that is known.</param>
    /// <param name="length">Its announced length, or null when it was not announced.</param>
    /// <param name="lane">The lane for small blobs; a transient one keeps extents too.</param>
    /// <param name="ct">Cancels; what was written is garbage then.</param>
    /// <returns>The blob, to be disposed after its commit, or a refusal.</returns>
    public async Task<Result<ReceivedBlob>> ReceiveAsync(PipeReader body, long? length, Lane lane, CancellationToken ct)
    {
        try
        {
            // Until the blob is committed or dropped, the collector must not take its extents for garbage.
            IDisposable operation = operations.Begin();
            return await ReceiveTrackedAsync(body, length, lane, operation, ct);
        }
        catch (StorageFullException e)
        {
            return FullDisk.Refusal(e, "Nothing was stored.");
        }
        catch (StorageUnknownOutcomeException)
        {
            return ErrorCode.OutcomeUnknown.With("The disk did not confirm the write. Nothing became visible: send it again.");
        }
    }

    private async Task<Result<ReceivedBlob>> ReceiveTrackedAsync(PipeReader body, long? length, Lane lane, IDisposable operation, CancellationToken ct)
    {
        bool isReceived = false;
        try
        {
            Result<ReceivedBlob> received = length is long known && known <= BlobOptions.MaxSmallBytes
                ? await ReceiveSmallAsync(body, (int)known, lane, ct)
                : await ReceiveLargeAsync(body, length, lane, ct);
            if (received.IsOk)
            {
                received.Value.Hold(operation);
                isReceived = true;
            }

            return received;
        }
        finally
        {
            if (!isReceived)
            {
                operation.Dispose();
            }
        }
    }

    private async Task<Result<ReceivedBlob>> ReceiveSmallAsync(PipeReader body, int length, Lane lane, CancellationToken ct)
    {
        PayloadBuffer? buffer = length == 0 ? null : await store.Pool.RentAsync(length, ct);
        try
        {
            int filled = 0;
            while (true)
            {
                ReadResult read = await body.ReadAsync(ct);
                int count = (int)Math.Min(read.Buffer.Length, length - filled);
                if (count > 0)
                {
                    read.Buffer.Slice(0, count).CopyTo(buffer!.Memory.Span[filled..]);
                    filled += count;
                }

                bool tooLong = read.Buffer.Length > count;
                body.AdvanceTo(read.Buffer.End);
                if (tooLong)
                {
                    return Refuse(ref buffer, $"The body is longer than the {length} bytes that were announced.");
                }

                if (read.IsCompleted)
                {
                    break;
                }
            }

            if (filled != length)
            {
                return Refuse(ref buffer, $"The body ended after {filled} of {length} bytes. Nothing was stored: send it again.");
            }

            var received = ReceivedBlob.Small(BlobHash.Of(buffer is null ? default : buffer.Memory.Span[..length]), length, buffer, lane);
            buffer = null;
            return received;
        }
        finally
        {
            buffer?.Dispose();
        }
    }

    private async Task<Result<ReceivedBlob>> ReceiveLargeAsync(PipeReader body, long? length, Lane lane, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var writer = new ExtentWriter(
            store.Segments, store.Pool, lane.IsTransient ? lane : Lane.Bulk, newId(), options.ExtentBytes, hash);
        while (true)
        {
            ReadResult read = await body.ReadAsync(ct);
            foreach (ReadOnlyMemory<byte> part in read.Buffer)
            {
                await writer.WriteAsync(part, ct);
            }

            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        if (length is long announced && announced != writer.Size)
        {
            return ErrorCode.BadRequest.With($"The body ended after {writer.Size} of {announced} bytes. Nothing was stored: send it again.");
        }

        await writer.CompleteAsync(ct);
        return await ToBlobAsync(writer, new BlobHash(hash.GetHashAndReset()), lane, ct);
    }

    /// <summary>A body of unknown length may turn out to be small, and small blobs are always one member: their place follows from their size.</summary>
    private async Task<Result<ReceivedBlob>> ToBlobAsync(ExtentWriter writer, BlobHash hash, Lane lane, CancellationToken ct)
    {
        long size = writer.Size;
        if (size > BlobOptions.MaxSmallBytes)
        {
            return ReceivedBlob.Large(new JournalRecord.BlobAssembled(hash, size, writer.Upload, writer.Extents, DatasetLane.EndOf(writer.Lane)));
        }

        PayloadBuffer? buffer = size == 0 ? null : await store.Pool.RentAsync((int)size, ct);
        try
        {
            foreach (Extent extent in writer.Extents)
            {
                await store.ReadMemberAsync(MemberKey.Extent(writer.Upload, extent.Offset), buffer!.Memory[(int)extent.Offset..], ct);
            }
        }
        catch
        {
            buffer?.Dispose();
            throw;
        }

        return ReceivedBlob.Small(hash, (int)size, buffer, lane);
    }

    private static HutchError Refuse(ref PayloadBuffer? buffer, string message)
    {
        buffer?.Dispose();
        buffer = null;
        return ErrorCode.BadRequest.With(message);
    }
}
