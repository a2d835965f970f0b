using System.Buffers;
using System.Security.Cryptography;
using Hutch.Model.Annex;
using Hutch.Site.Platform.Fairness;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Blobs;

/// <summary>
/// The bytes of one blob, read in parts of at most one extent. Each part is checked as it comes from the disk or from a foreign blob, or
/// was hashed as it came into memory.
/// </summary>
public sealed class BlobContent : IEntryContent
{
    private const int PieceBytes = 128 << 10;

    private readonly BlobStore _store;
    private readonly LargeBlob? _large;
    private readonly bool _isTemporary;
    private readonly IExternalBlob? _foreign;

    internal BlobContent(BlobStore store, BlobHash hash, long size, LargeBlob? large, bool isTemporary)
    {
        _store = store;
        _large = large;
        _isTemporary = isTemporary;
        Hash = hash;
        Size = size;
    }

    internal BlobContent(BlobStore store, IExternalBlob foreign)
        : this(store, foreign.Hash, foreign.Size, null, isTemporary: false) => _foreign = foreign;

    public BlobHash Hash { get; }

    public long Size { get; }

    /// <summary>The dataset that is read, whose bytes may leave for other sites after they were found here; null for none.</summary>
    internal DatasetId? Reading { get; set; }

    /// <summary>Returns true if this store supplied it, rather than the store of datasets that are read through from other sites.</summary>
    public bool IsOf(BlobStore store) => _store == store;

    /// <remarks>Memory stays at one extent, and others may use it while the network is slow.</remarks>
    public Task CopyToAsync(PipeWriter writer, long offset, long length, CancellationToken ct) =>
        CopyToAsync(writer, offset, length, null, ct);

    /// <summary>Writes a range to a pipe, with flushes, and shows the written bytes.</summary>
    /// <param name="length">Bytes; the range lies inside the blob.</param>
    /// <param name="wrote">Receives each written byte, in order.</param>
    public async Task CopyToAsync(PipeWriter writer, long offset, long length, Action<ReadOnlyMemory<byte>>? wrote, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + length, Size);
        RequireOnline(offset, length);
        if (IsOneMember && offset == 0 && length == Size && wrote is null)
        {
            await CopySmallAsync(writer, ct);
            return;
        }

        RequestScope.Current?.Expect(length);
        long end = offset + length;
        await using var window = new BlobReadAhead(this, end, IsInPassing(length));
        while (offset < end)
        {
            // In pieces: the first is on its way while the next is copied, and the pipe never holds an extent.
            ReadOnlyMemory<byte> piece = await window.AtAsync(offset, ct);
            piece = piece[..Math.Min(PieceBytes, piece.Length)];
            wrote?.Invoke(piece);
            writer.Write(piece.Span);
            offset += piece.Length;
            FlushResult flushed = await window.WaitAsync(writer.FlushAsync(ct));
            if (flushed.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>Writes a blob with its header to a pipe, or nothing if its start is unreadable. The caller flushes small ones.</summary>
    /// <param name="wrote">Receives the written bytes of the blob, in order.</param>
    public async Task AppendToAsync(
        PipeWriter writer, ReadOnlyMemory<byte> header, Action<ReadOnlyMemory<byte>>? wrote, CancellationToken ct)
    {
        if (!IsOneMember)
        {
            bool isBegun = false;
            await CopyToAsync(writer, 0, Size, Begin, ct);
            if (!isBegun)
            {
                Begin(ReadOnlyMemory<byte>.Empty);
            }

            void Begin(ReadOnlyMemory<byte> piece)
            {
                if (!isBegun)
                {
                    writer.Write(header.Span);
                    isBegun = true;
                }

                wrote?.Invoke(piece);
            }
        }
        else
        {
            Memory<byte> destination = writer.GetMemory(header.Length + (int)Size);
            Memory<byte> body = destination.Slice(header.Length, (int)Size);
            if (Size > 0 && !_store.RecentBlobs.TryRead(Hash, 0, body.Span))
            {
                await ReadOrHeldAsync(new Extent(0, (int)Size, 0), body, inPassing: false, ct);
            }

            header.CopyTo(destination);
            writer.Advance(header.Length + body.Length);
            wrote?.Invoke(body);
        }
    }

    /// <summary>
    /// Returns a range in parts; each part is valid until the next one is requested. While one is used, the next is read, if there is spare
    /// memory. Not for callers that wait for a network between parts.
    /// </summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        long offset, long length, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        long end = offset + length;
        await using var window = new BlobReadAhead(this, end, IsInPassing(length));
        while (offset < end)
        {
            ReadOnlyMemory<byte> part = await window.AtAsync(offset, ct);
            offset += part.Length;
            yield return part;
        }
    }

    /// <summary>Reads all of it, and returns the SHA-256 of the bytes.</summary>
    /// <param name="pace">Limits the read rate; null for no limit.</param>
    /// <param name="key">Takes the bytes, too; null for none.</param>
    internal async Task<BlobHash> HashAsync(ReadRateLimiter? pace, KeyDigest? key, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await foreach (ReadOnlyMemory<byte> part in ReadAsync(0, Size, ct))
        {
            hash.AppendData(part.Span);
            key?.Append(part.Span);
            if (pace is not null)
            {
                await pace.RestAsync(part.Length, ct);
            }
        }

        return new BlobHash(hash.GetHashAndReset());
    }

    /// <summary>
    /// Returns all of it as the disk has it now, bypassing the caches; each part is valid until the next one is requested.
    /// </summary>
    internal async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAgainAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        for (long at = 0; at < Size;)
        {
            Extent extent = ExtentAt(at, Size);
            using IDisposable? slot = IsOneMember ? null : await _store.Work.EnterAsync(extent.Length, ct);
            using PayloadBuffer buffer = await _store.Pool.RentAsync(extent.Length, ct);
            Place(buffer, extent);
            await (_foreign is null
                ? ReadAnewAsync(extent, buffer.Memory, ct)
                : _foreign.ReadAsync(extent, buffer.Memory[..extent.Length], ct));
            yield return buffer.Memory;
            at += extent.Length;
        }
    }

    /// <summary>Refuses a range that is in nearline storage, before the first byte is sent, and queues its recall.</summary>
    /// <exception cref="HutchException">A part of it is offline.</exception>
    public void RequireOnline(long offset, long length)
    {
        if (_foreign is null && length > 0)
        {
            _store.Offline.Require(KeysOf(offset, length));
        }
    }

    /// <summary>Returns the segments that have the bytes; none for a file that is not stored.</summary>
    public IReadOnlySet<long> FindSegments() => _foreign is null ? _store.Offline.FindSegments(KeysOf(0, Size)) : new HashSet<long>();

    /// <summary>Returns the state of the bytes in nearline storage.</summary>
    public RecallState FindRecall() =>
        _store.Offline.Segments is { } offline ? offline.Find(FindSegments()) : RecallState.Online;

    private IEnumerable<MemberKey> KeysOf(long offset, long length) => _large is null
        ? [MemberKey.Blob(Hash)]
        : _large.Extents.Skip(FirstExtent(_large.Extents, offset)).TakeWhile(extent => extent.Offset < offset + length).Select(KeyOf);

    private ValueTask ReadAnewAsync(Extent extent, Memory<byte> destination, CancellationToken ct)
    {
        if (_store.Offline.FindOffline([KeyOf(extent)]).Count > 0)
        {
            // An attestation of everything would bring everything back: what was attested before ages instead.
            throw ErrorCode.Unavailable.With($"The bytes of {Hash} are in nearline storage, and are not recalled for this.").ToException();
        }

        _store.DropCached(KeyOf(extent));
        return ReadStoredAsync(extent, destination, inPassing: true, ct);
    }

    /// <summary>Returns the extent that contains a byte; a small blob counts as one extent.</summary>
    internal Extent ExtentAt(long position, long end) =>
        _large is not null ? _large.Extents[FirstExtent(_large.Extents, position)]
        : _foreign is not null ? _foreign.PartAt(position, end)
        : new Extent(0, (int)Size, 0);

    /// <summary>
    /// Reads a part after admission: it takes a slot before memory, so that a waiting part holds no memory that small requests need.
    /// </summary>
    internal async Task<BufferedPart> ReadExtentAsync(Extent extent, bool inPassing, CancellationToken ct)
    {
        await WaitAsync(extent, ct);
        IDisposable? slot = IsOneMember ? null : await _store.Work.EnterAsync(extent.Length, ct);
        try
        {
            return await ReadExtentAsync(new BufferedPart(await _store.Pool.RentAsync(extent.Length, ct), slot), extent, inPassing, ct);
        }
        catch
        {
            slot?.Dispose();
            throw;
        }
    }

    /// <summary>Begins to read a part in advance, if a slot and memory are free that no request waits for.</summary>
    internal Task<BufferedPart>? ReadAhead(Extent extent, bool inPassing, CancellationToken ct)
    {
        if (_foreign?.CanRead(extent) == false || _store.Work.TryEnter(extent.Length) is not { } slot)
        {
            return null;
        }

        if (_store.Pool.TryRent(extent.Length) is not { } buffer)
        {
            slot.Dispose();
            return null;
        }

        return Task.Run(() => ReadExtentAsync(new BufferedPart(buffer, slot), extent, inPassing, ct), CancellationToken.None);
    }

    private async Task<BufferedPart> ReadExtentAsync(BufferedPart part, Extent extent, bool inPassing, CancellationToken ct)
    {
        try
        {
            if (inPassing)
            {
                Place(part.Buffer, extent);
            }

            await ReadPartAsync(part.Buffer.Memory, extent, inPassing, ct);
            return part;
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    private void Place(PayloadBuffer buffer, Extent extent)
    {
        if (_foreign is null)
        {
            _store.Place(buffer, KeyOf(extent));
        }
    }

    /// <summary>Returns the whole blob in one array: for a blob that is known to be small (a header, a page).</summary>
    /// <exception cref="HutchException">It is larger than <paramref name="maxBytes"/>.</exception>
    public async Task<byte[]> ReadAllAsync(int maxBytes, CancellationToken ct)
    {
        if (Size > maxBytes)
        {
            throw ErrorCode.TooLarge.With($"The blob {Hash} has {Size} bytes; at most {maxBytes} can be read at once.").ToException();
        }

        byte[] all = GC.AllocateUninitializedArray<byte>((int)Size);
        await ReadAsync(all, ct);
        return all;
    }

    /// <summary>Reads all of it straight into memory of the caller, which has the blob's length.</summary>
    public async Task ReadAsync(Memory<byte> destination, CancellationToken ct)
    {
        if (_store.RecentBlobs.TryRead(Hash, 0, destination.Span[..(int)Size]))
        {
            return;
        }

        for (int at = 0; at < Size;)
        {
            Extent extent = ExtentAt(at, Size);
            await WaitAsync(extent, ct);
            using IDisposable? slot = IsOneMember ? null : await _store.Work.EnterAsync(extent.Length, ct);
            await ReadPartAsync(destination.Slice(at, extent.Length), extent, IsInPassing(Size), ct);
            at += extent.Length;
        }
    }

    private ValueTask WaitAsync(Extent extent, CancellationToken ct) =>
        _foreign is null ? ValueTask.CompletedTask : _foreign.WaitAsync(extent, ct);

    private async ValueTask ReadPartAsync(Memory<byte> destination, Extent extent, bool inPassing, CancellationToken ct)
    {
        if (_store.RecentBlobs.TryRead(Hash, extent.Offset, destination.Span[..extent.Length]))
        {
            return;
        }

        await ReadOrHeldAsync(extent, destination[..extent.Length], inPassing, ct);
    }

    /// <summary>
    /// Reads a part from here; from a site that holds it if the bytes left between the look-up and the read, as their dataset was evicted.
    /// </summary>
    private async ValueTask ReadOrHeldAsync(Extent extent, Memory<byte> destination, bool inPassing, CancellationToken ct)
    {
        try
        {
            await ReadHereAsync(extent, destination, inPassing, ct);
        }
        catch (HutchException e) when (Reading is not null && (e.Error.Code == ErrorCode.Gone || e.Error.Code == ErrorCode.Quarantined))
        {
            if (await _store.FindEvictedAsync(Reading.Value, Hash, ct) is not { _foreign: { } held })
            {
                throw;
            }

            await ReadHeldAsync(held, extent, destination, ct);
        }
    }

    /// <summary>Reads a part from another site without a slot: the reader has one already.</summary>
    private static async Task ReadHeldAsync(IExternalBlob held, Extent extent, Memory<byte> destination, CancellationToken ct)
    {
        long end = extent.Offset + extent.Length;
        for (long at = extent.Offset; at < end;)
        {
            Extent part = held.PartAt(at, end);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(part.Length);
            try
            {
                await held.WaitAsync(part, ct);
                await held.ReadAsync(part, buffer.AsMemory(0, part.Length), ct);
                int count = (int)(Math.Min(end, part.Offset + part.Length) - at);
                buffer.AsSpan((int)(at - part.Offset), count).CopyTo(destination.Span[(int)(at - extent.Offset)..]);
                at += count;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private async ValueTask ReadHereAsync(Extent extent, Memory<byte> destination, bool inPassing, CancellationToken ct)
    {
        if (_foreign is not null)
        {
            await _foreign.ReadAsync(extent, destination, ct);
        }
        else if (_large is null)
        {
            await ReadStoredAsync(extent, destination, inPassing: false, ct);
        }
        else
        {
            await _store.Work.WorkAsync(async () => await ReadStoredAsync(extent, destination, inPassing, ct), ct);
        }
    }

    private async ValueTask ReadStoredAsync(Extent extent, Memory<byte> destination, bool inPassing, CancellationToken ct)
    {
        try
        {
            await (_large is null
                ? _store.ReadMemberAsync(KeyOf(extent), destination, inPassing, ct)
                : _store.ReadExtentAsync(_large.Upload, extent, destination, inPassing, ct));
        }
        catch (HutchException) when (_isTemporary && _store.HasEnded(KeyOf(extent)))
        {
            // It was there when the reading began.
            throw EarlyExpiry.Error.ToException();
        }
    }

    private async Task CopySmallAsync(PipeWriter writer, CancellationToken ct)
    {
        await AppendToAsync(writer, ReadOnlyMemory<byte>.Empty, null, ct);
        await writer.FlushAsync(ct);
    }

    /// <summary>
    /// Returns true for a read so long that it is probably not repeated; ranges and small files are read again and again.
    /// </summary>
    private static bool IsInPassing(long length) => length >= UncachedFile.WorthwhileBytes;

    private static int FirstExtent(IReadOnlyList<Extent> extents, long offset)
    {
        int low = 0;
        int high = extents.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = extents[middle].Offset <= offset ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    /// <summary>True if it is stored as one small member.</summary>
    private bool IsOneMember => _large is null && _foreign is null;

    private MemberKey KeyOf(Extent extent) => _large is null ? MemberKey.Blob(Hash) : ExtentKeys.From(_large.Upload, extent);
}
