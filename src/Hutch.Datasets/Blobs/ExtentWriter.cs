using System.Security.Cryptography;
using Hutch.Model.Records;
using Hutch.Storage;
using Hutch.Storage.Payloads;
using Hutch.Storage.Segments;

namespace Hutch.Datasets.Blobs;

/// <summary>
/// Writes a large blob as extents while it comes in: fills one buffer while the one before is being synced, and hashes each
/// byte once, while it is in the cache.
/// </summary>
/// <remarks>Not for several threads. What it wrote is durable after <see cref="CompleteAsync"/>, and unnamed.</remarks>
public sealed class ExtentWriter : IAsyncDisposable
{
    private readonly SegmentStore _segments;
    private readonly PayloadPool _pool;
    private readonly Lane _lane;
    private readonly int _extentBytes;
    private readonly IncrementalHash? _hash;
    private readonly List<Extent> _extents = [];
    private PayloadBuffer? _filling;
    private int _filled;
    private Task _writing = Task.CompletedTask;

    /// <summary>Begins an upload.</summary>
    /// <param name="segments">Where the extents go.</param>
    /// <param name="pool">Where buffers come from.</param>
    /// <param name="lane">Bulk, or the transient lane of the day on which they end.</param>
    /// <param name="upload">A new id: the first part of the extents' names.</param>
    /// <param name="extentBytes">Bytes of an extent.</param>
    /// <param name="hash">Fed with each byte, in order; null when nobody needs a hash of these bytes. It stays the caller's.</param>
    public ExtentWriter(SegmentStore segments, PayloadPool pool, Lane lane, Guid upload, int extentBytes, IncrementalHash? hash)
    {
        _hash = hash;
        _segments = segments;
        _pool = pool;
        _lane = lane;
        _extentBytes = extentBytes;
        Upload = upload;
    }

    /// <summary>The lane of the extents.</summary>
    public Lane Lane => _lane;

    /// <summary>The upload's id.</summary>
    public Guid Upload { get; }

    /// <summary>Bytes taken in.</summary>
    public long Size { get; private set; }

    /// <summary>The extents so far, in order.</summary>
    public IReadOnlyList<Extent> Extents => _extents;

    /// <summary>The memory to fill next; at least one byte.</summary>
    public async ValueTask<Memory<byte>> GetMemoryAsync(CancellationToken ct)
    {
        _filling ??= await _pool.RentAsync(_extentBytes, ct);
        return _filling.Memory[_filled.._extentBytes];
    }

    /// <summary>Takes in what was filled into the memory given out last.</summary>
    public async ValueTask AdvanceAsync(int count, CancellationToken ct)
    {
        _hash?.AppendData(_filling!.Memory.Span.Slice(_filled, count));
        _filled += count;
        Size += count;
        if (_filled == _extentBytes)
        {
            await WriteExtentAsync(ct);
        }
    }

    /// <summary>Takes in some bytes.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        while (!bytes.IsEmpty)
        {
            Memory<byte> destination = await GetMemoryAsync(ct);
            int count = Math.Min(destination.Length, bytes.Length);
            bytes[..count].CopyTo(destination);
            await AdvanceAsync(count, ct);
            bytes = bytes[count..];
        }
    }

    /// <summary>Waits until every extent is durable.</summary>
    public async Task CompleteAsync(CancellationToken ct)
    {
        if (_filled > 0)
        {
            await WriteExtentAsync(ct);
        }

        await _writing;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The write that is on its way reads from its buffer: it must end before the buffer is given back.
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _filling?.Dispose();
    }

    /// <summary>Appends extents; whatever the disk says, other than that it is full, is an unknown outcome to who sent the bytes.</summary>
    internal static async Task AppendAsync(SegmentStore segments, Lane lane, SegmentGroup group, CancellationToken ct)
    {
        try
        {
            await segments.AppendAsync(lane, group, ct);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or (IOException and not (StorageFullException or StorageUnknownOutcomeException)))
        {
            throw new StorageUnknownOutcomeException("The disk failed while an extent was written.", e);
        }
    }

    private async ValueTask WriteExtentAsync(CancellationToken ct)
    {
        await _writing.WaitAsync(ct);
        PayloadBuffer full = _filling!;
        ReadOnlyMemory<byte> body = full.Memory[.._filled];
        uint crc = Checksum.Crc32C(body.Span);
        long offset = Size - _filled;
        _extents.Add(new Extent(offset, _filled, crc));
        _filling = null;
        _filled = 0;
        _writing = AppendAndGiveBackAsync(full, body, offset, crc);
    }

    private async Task AppendAndGiveBackAsync(PayloadBuffer buffer, ReadOnlyMemory<byte> body, long offset, uint crc)
    {
        using (buffer)
        {
            var group = new SegmentGroup();
            group.Add(MemberKey.Extent(Upload, offset), body, crc);
            await AppendAsync(_segments, _lane, group, CancellationToken.None);
        }
    }
}
