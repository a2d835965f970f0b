using System.Security.Cryptography;
using Hutch.Site.Platform.Fairness;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Blobs;

/// <summary>Takes in the body of a request: a small one into memory, a large one (or one of unknown length) as extents.</summary>
public sealed class BlobIntake(BlobStore store, OperationTracker operations, BlobOptions options, Func<Guid> newId)
{
    /// <summary>The longest body that is hashed once it is complete; longer ones are hashed while they come.</summary>
    private const int HashAtOnceBytes = 32 << 10;

    /// <param name="body">The body; at most <paramref name="length"/> bytes when that is known.</param>
    /// <param name="lane">The lane for small blobs; a transient one keeps extents too.</param>
    /// <param name="ct">Cancels; the written bytes are garbage then.</param>
    /// <returns>The blob, to be disposed after its commit, or a refusal.</returns>
    public Task<Result<ReceivedBlob>> ReceiveAsync(PipeReader body, long? length, Lane lane, CancellationToken ct) =>
        ReceiveAsync(body, length, lane, null, ct);

    /// <summary>Takes in a body that a reader may wait for.</summary>
    /// <param name="body">The body; at most <paramref name="length"/> bytes when that is known.</param>
    /// <param name="lane">The lane for small blobs; a transient one keeps extents too.</param>
    /// <param name="awaited">Keeps the bytes for waiting readers; null for none. It belongs to the blob from here on.</param>
    /// <param name="ct">Cancels; the written bytes are garbage then.</param>
    /// <returns>The blob, to be disposed after its commit, or a refusal.</returns>
    public async Task<Result<ReceivedBlob>> ReceiveAsync(
        PipeReader body, long? length, Lane lane, RecentBlob? awaited, CancellationToken ct)
    {
        bool isReceived = false;
        try
        {
            Result<ReceivedBlob> received = await TrackAsync(() => length is long known && !IsLarge(known)
                ? ReceiveSmallAsync(body, (int)known, lane, awaited, ct)
                : ReceiveLargeAsync(body, length, lane, awaited, ct));
            isReceived = received.IsOk;
            return received;
        }
        finally
        {
            if (!isReceived)
            {
                awaited?.Reclaim();
            }
        }
    }

    /// <summary>Returns true if the bytes of a blob are extents by the time of its commit, not written with it.</summary>
    internal bool IsLarge(long size) => size > store.Bytes.MaxSmallBytes;

    /// <summary>Makes an extent of a blob that is complete in memory, and too large to be written with its commit.</summary>
    /// <param name="hash">The computed hash of its bytes.</param>
    /// <param name="body">Its bytes; they must not change until this returns.</param>
    /// <param name="ct">Cancels; the written bytes are garbage then.</param>
    internal Task<Result<ReceivedBlob>> WriteAsync(BlobHash hash, ReadOnlyMemory<byte> body, Lane lane, CancellationToken ct) =>
        TrackAsync(async () =>
        {
            await using ExtentWriter writer = NewWriter(lane, body.Length, null, isLarge: false);
            writer.Append(body);
            await writer.WriteAsync(body, ct);
            return ToLarge(writer, hash, null);
        });

    /// <summary>Keeps the collector from the blob's extents until the blob is committed or dropped.</summary>
    private async Task<Result<ReceivedBlob>> TrackAsync(Func<Task<Result<ReceivedBlob>>> receive)
    {
        IDisposable? operation = operations.Begin();
        try
        {
            Result<ReceivedBlob> received = await receive();
            if (received.IsOk)
            {
                received.Value.Hold(operation);
                operation = null;
            }

            return received;
        }
        catch (StorageRefusedException e)
        {
            return RefusedWrite.From(e, "Nothing was stored.");
        }
        catch (StorageUnknownOutcomeException)
        {
            return ErrorCode.OutcomeUnknown.With("The disk did not confirm the write. Nothing became visible; send it again.");
        }
        finally
        {
            operation?.Dispose();
        }
    }

    /// <summary>Spills the beginning of a small blob to the disk; the memory is free when this ends.</summary>
    internal async Task<SpilledBlob> PutAwayAsync(ReadOnlyMemory<byte> begun, Lane lane, CancellationToken ct)
    {
        SpilledBlob partial = NewPartial(lane);
        try
        {
            partial.Writer.Append(begun);
            await partial.Writer.WriteAsync(begun, ct);
            return partial;
        }
        catch
        {
            await partial.DisposeAsync();
            throw;
        }
    }

    /// <summary>Continues a small blob whose beginning was spilled to the disk.</summary>
    /// <param name="length">Bytes of the whole blob.</param>
    internal async Task<Result<ReceivedBlob>> ReceiveRestAsync(
        SpilledBlob partial, PipeReader rest, int length, Lane lane, CancellationToken ct)
    {
        await partial.Writer.ReceiveAsync(rest, ct);
        return await ToSmallAsync(partial, length, lane, ct);
    }

    private async Task<Result<ReceivedBlob>> ReceiveSmallAsync(
        PipeReader body, int length, Lane lane, RecentBlob? awaited, CancellationToken ct)
    {
        SpilledBlob? partial = null;
        using BlobDigest? digest = length > HashAtOnceBytes ? new BlobDigest() : null;
        using var fill = new BodyBuffer(store.Pool, body, digest is null ? null : digest.Append, KeepAsync);
        try
        {
            bool isTooLong = await FillAsync(fill, () => length - (int)(partial?.Writer.Size ?? 0), ct);
            if (isTooLong)
            {
                return ErrorCode.BadRequest.With($"The body is longer than the announced {length} bytes.");
            }

            int filled = fill.Filled;
            PayloadBuffer? buffer = await fill.TakeAsync(ct);
            if (partial is not null && buffer is not null)
            {
                await KeepAsync(buffer, filled);
                buffer = null;
            }

            if (partial is not null)
            {
                awaited?.Reclaim();
                return await ToSmallAsync(partial, length, lane, ct);
            }

            if (filled != length)
            {
                buffer?.Dispose();
                return Ended(filled, length);
            }

            return digest is null
                ? ReceivedBlob.Small(
                    BlobHash.Compute(buffer is null ? default : buffer.Span[..length]), length, buffer, lane, null, awaited)
                : ReceivedBlob.Small(digest.Finish(), length, buffer, lane, digest.Crc32C, awaited);
        }
        finally
        {
            if (partial is not null)
            {
                await partial.DisposeAsync();
            }
        }

        async Task KeepAsync(PayloadBuffer buffer, int filled)
        {
            partial ??= NewPartial(lane);
            partial.Writer.Append(buffer.Memory[..filled]);
            await partial.Writer.WriteAsync(buffer, filled, ct);
        }
    }

    /// <summary>Takes in a body of the given length, less its spilled bytes; returns true if there was more.</summary>
    private static async Task<bool> FillAsync(BodyBuffer fill, Func<int> wanted, CancellationToken ct)
    {
        FillResult end;
        do
        {
            end = await fill.FillAsync(wanted(), mayPutAway: true, ct);
        }
        while (end == FillResult.PutAway);

        return end == FillResult.Full && await fill.HasMoreAsync(ct);
    }

    private async Task<Result<ReceivedBlob>> ToSmallAsync(SpilledBlob partial, int length, Lane lane, CancellationToken ct)
    {
        if (partial.Writer.Size != length)
        {
            return Ended(partial.Writer.Size, length);
        }

        await partial.Writer.CompleteAsync(ct);
        return await ToBlobAsync(partial.Writer, partial.Finish(), lane, null, ct);
    }

    private SpilledBlob NewPartial(Lane lane) => new(hash => NewWriter(lane, BlobOptions.MaxSmallBytes, hash, isLarge: false), operations);

    private ExtentWriter NewWriter(Lane lane, int extentBytes, IncrementalHash? hash, bool isLarge, RecentBlob? awaited = null) => new(
        store.Bytes,
        store.Pool,
        lane.IsTransient ? lane : Lane.Bulk,
        newId(),
        extentBytes,
        hash,
        isLarge ? store.Work : null,
        awaited)
    {
        IsHashNew = true,
    };

    private async Task<Result<ReceivedBlob>> ReceiveLargeAsync(
        PipeReader body, long? length, Lane lane, RecentBlob? awaited, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using ExtentWriter writer =
            NewWriter(lane, options.ExtentBytesOf(length, store.Bytes.LeastExtentBytes), hash, isLarge: true, awaited);
        RequestScope.Current?.Expect(length ?? 0);
        await writer.ReceiveAsync(body, ct);
        if (length is long announced && announced != writer.Size)
        {
            return Ended(writer.Size, announced);
        }

        await writer.CompleteAsync(ct);
        return await ToBlobAsync(writer, new BlobHash(hash.GetHashAndReset()), lane, awaited, ct);
    }

    /// <summary>Makes the blob of a body of unknown length, which may be small in the end.</summary>
    private async Task<Result<ReceivedBlob>> ToBlobAsync(
        ExtentWriter writer, BlobHash hash, Lane lane, RecentBlob? awaited, CancellationToken ct)
    {
        long size = writer.Size;
        if (IsLarge(size))
        {
            return ToLarge(writer, hash, awaited);
        }

        awaited?.Reclaim();
        PayloadBuffer? buffer = size == 0 ? null : await store.GatherAsync(writer.Upload, writer.Extents, (int)size, ct);
        return ReceivedBlob.Small(hash, (int)size, buffer, lane);
    }

    private static ReceivedBlob ToLarge(ExtentWriter writer, BlobHash hash, RecentBlob? awaited) => ReceivedBlob.Large(
        new JournalRecord.BlobAssembled(hash, writer.Size, writer.Upload, writer.Extents, DatasetLane.EndOf(writer.Lane)), awaited);

    private static HutchError Ended(long came, long announced) =>
        ErrorCode.BadRequest.With($"The body ended after {came} of {announced} bytes. Nothing was stored; send it again.");
}
