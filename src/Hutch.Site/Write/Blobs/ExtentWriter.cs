using System.Security.Cryptography;
using Hutch.Model.Checksums;
using Hutch.Site.Platform.Fairness;

namespace Hutch.Site.Write.Blobs;

/// <summary>
/// Writes a large blob as extents while it comes in: fills one buffer while the previous one is being synced, and hashes each byte once,
/// while it is in the cache. A body that comes slowly while others wait for memory gives shorter extents.
/// </summary>
/// <remarks>Not thread-safe. The written bytes are durable after <see cref="CompleteAsync"/>, and unnamed.</remarks>
internal sealed class ExtentWriter : IAsyncDisposable
{
    private readonly ISiteBytes _bytes;
    private readonly PayloadPool _pool;
    private readonly Lane _lane;
    private readonly int _extentBytes;
    private readonly IncrementalHash? _hash;
    private readonly TransferSlots? _work;
    private readonly RecentBlob? _awaited;
    private readonly List<Extent> _extents = [];
    private Task _writing = Task.CompletedTask;
    private uint _crc;
    private long _appended;

    /// <param name="lane">Bulk, or the transient lane of the day on which they end.</param>
    /// <param name="upload">A new id: the first part of the extents' names.</param>
    /// <param name="hash">Fed with each byte, in order; null when these bytes need no hash. It stays the caller's.</param>
    /// <param name="work">Admits the parts of the body; null when it is small.</param>
    /// <param name="awaited">Keeps the bytes for waiting readers; null for none.</param>
    public ExtentWriter(
        ISiteBytes bytes, PayloadPool pool, Lane lane, Guid upload, int extentBytes, IncrementalHash? hash, TransferSlots? work = null,
        RecentBlob? awaited = null)
    {
        _awaited = awaited;
        _work = work;
        _hash = hash;
        _bytes = bytes;
        _pool = pool;
        _lane = lane;
        _extentBytes = extentBytes;
        Upload = upload;
    }

    /// <summary>True if the hash was not fed before these bytes.</summary>
    public bool IsHashNew { get; init; }

    public Lane Lane => _lane;

    public Guid Upload { get; }

    /// <summary>The bytes of the extents so far.</summary>
    public long Size { get; private set; }

    /// <summary>The extents so far, in order.</summary>
    public IReadOnlyList<Extent> Extents => _extents;

    public async Task ReceiveAsync(PipeReader body, CancellationToken ct)
    {
        using var fill = new BodyBuffer(_pool, body, Append, (buffer, filled) => WriteAsync(buffer, filled, ct), Enter());
        FillResult end;
        do
        {
            end = await fill.FillAsync(_extentBytes, mayPutAway: true, ct);
            int filled = fill.Filled;
            if (end != FillResult.PutAway && await fill.TakeAsync(ct) is { } buffer)
            {
                await WriteAsync(buffer, filled, ct);
            }
        }
        while (end != FillResult.BodyEnded);
    }

    private Func<CancellationToken, ValueTask<IDisposable>>? Enter() =>
        _work is { } work ? ct => work.EnterAsync(_extentBytes, ct) : null;

    /// <summary>Makes an extent of appended bytes; once they are durable, the buffer is disposed, or kept for a reader.</summary>
    public async Task WriteAsync(PayloadBuffer buffer, int filled, CancellationToken ct)
    {
        try
        {
            await _writing.WaitAsync(ct);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }

        _writing = AppendAndGiveBackAsync(buffer, Add(buffer.Memory[..filled]), HashSoFar());
    }

    /// <summary>Makes an extent of appended bytes that another owner holds; they are durable when this ends.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        await _writing.WaitAsync(ct);
        _writing = AppendAsync(bytes, Add(bytes), HashSoFar());
        await _writing;
    }

    /// <summary>Hashes bytes of the next extent, while they are in the processor's cache.</summary>
    public void Append(ReadOnlyMemory<byte> bytes)
    {
        _hash?.AppendData(bytes.Span);
        _crc = Checksum.Append(_crc, bytes.Span);
        _appended += bytes.Length;
    }

    public Task CompleteAsync(CancellationToken ct) => _writing.WaitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        // The write that is on its way reads from its buffer.
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private Extent Add(ReadOnlyMemory<byte> body)
    {
        if (_appended != Size + body.Length)
        {
            throw new InvalidOperationException(
                $"An extent of {body.Length} bytes at {Size} is not what was appended: {_appended} bytes in all.");
        }

        var extent = new Extent(Size, body.Length, _crc);
        _extents.Add(extent);
        Size += body.Length;
        _crc = 0;
        return extent;
    }

    /// <summary>Returns the hash of the noted extent if it is the first: until then, it is the hash of all bytes.</summary>
    private BlobHash? HashSoFar() =>
        IsHashNew && _hash is not null && _extents.Count == 1 ? new BlobHash(_hash.GetCurrentHash()) : null;

    private async Task AppendAndGiveBackAsync(PayloadBuffer buffer, Extent extent, BlobHash? hash)
    {
        bool isKept = false;
        try
        {
            await AppendAsync(buffer.Memory[..extent.Length], extent, hash);
            isKept = _awaited?.TryAdd(buffer, extent.Length) == true;
        }
        finally
        {
            if (!isKept)
            {
                buffer.Dispose();
            }
        }
    }

    private async Task AppendAsync(ReadOnlyMemory<byte> body, Extent extent, BlobHash? hash)
    {
        await _bytes.WriteAsync(
            _lane, MemberKey.Extent(Upload, extent.Offset), new ExtentBody(body, extent.Crc, hash), CancellationToken.None);
        RequestScope.Current?.NoteWritten(body.Length);
    }
}
