using System.Buffers;

namespace Hutch.Site.Write.Blobs;

/// <summary>
/// Fills memory from a body that may come slowly. It takes memory only when bytes have come, and returns it when others wait for memory and
/// the body stalls. The bytes in it are then spilled to the disk, or kept as a few bytes.
/// </summary>
/// <param name="took">Receives each byte, in order; may be null.</param>
/// <param name="putAway">Takes over a buffer with the given number of bytes, makes them durable, and disposes it.</param>
/// <param name="enter">Takes a slot before memory, to be returned when the memory is handed on; null when none is needed.</param>
/// <remarks>For one thread.</remarks>
internal sealed class BodyBuffer(
    PayloadPool pool,
    PipeReader body,
    Action<ReadOnlyMemory<byte>>? took,
    Func<PayloadBuffer, int, Task> putAway,
    Func<CancellationToken, ValueTask<IDisposable>>? enter = null) : IDisposable
{
    /// <summary>The bytes that are too few for a write: they wait for more without a buffer of the pool.</summary>
    private const int CrumbBytes = PayloadPool.MinBufferBytes;

    private IDisposable? _slot;
    private PayloadBuffer? _buffer;
    private byte[] _crumbs = [];
    private Func<Task>? _giveBack;
    private bool _mayPutAway;
    private bool _isPutAway;

    /// <summary>The bytes in memory.</summary>
    public int Filled { get; private set; }

    /// <summary>Continues to fill until the given number of bytes is in memory.</summary>
    /// <param name="wanted">Bytes; not fewer than before unless everything was taken.</param>
    /// <param name="mayPutAway">True if the bytes may be cut anywhere; false when they are needed together.</param>
    public async ValueTask<FillResult> FillAsync(int wanted, bool mayPutAway, CancellationToken ct)
    {
        _mayPutAway = mayPutAway;
        while (Filled < wanted)
        {
            ReadResult read = await WaitAsync(body.ReadAsync(ct));
            if (_isPutAway)
            {
                _isPutAway = false;
                body.AdvanceTo(read.Buffer.Start);
                return FillResult.PutAway;
            }

            ReadOnlySequence<byte> part = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, wanted - Filled));
            if (!part.IsEmpty)
            {
                await RentAsync(wanted, ct);
                Take(part);
            }

            bool isEnd = read.IsCompleted && part.Length == read.Buffer.Length;
            body.AdvanceTo(part.End);
            if (isEnd)
            {
                return FillResult.BodyEnded;
            }
        }

        return FillResult.Full;
    }

    /// <summary>Reads the rest of a body after its needed bytes; true if there was any. Bytes in memory may be spilled before.</summary>
    public async ValueTask<bool> HasMoreAsync(CancellationToken ct)
    {
        while (true)
        {
            ReadResult read = await WaitAsync(body.ReadAsync(ct));
            bool more = !read.Buffer.IsEmpty;
            bool isEnd = read.IsCompleted;
            body.AdvanceTo(read.Buffer.End);
            if (more || isEnd)
            {
                _isPutAway = false;
                return more;
            }
        }
    }

    /// <summary>Hands over the bytes in memory, <see cref="Filled"/> of them, and keeps none. Null for no bytes.</summary>
    public async ValueTask<PayloadBuffer?> TakeAsync(CancellationToken ct)
    {
        if (Filled > 0)
        {
            await RentAsync(Filled, ct);
        }

        PayloadBuffer? taken = _buffer;
        _buffer = null;
        Filled = 0;
        LeavePlace();
        return taken;
    }

    public void Dispose()
    {
        _buffer?.Dispose();
        LeavePlace();
    }

    private void LeavePlace()
    {
        _slot?.Dispose();
        _slot = null;
    }

    private async ValueTask RentAsync(int wanted, CancellationToken ct)
    {
        if (_buffer is null)
        {
            _slot ??= enter is null ? null : await enter(ct);
            _buffer = await pool.RentAsync(wanted, ct);
            _crumbs.CopyTo(_buffer.Memory);
            _crumbs = [];
        }
    }

    private void Take(in ReadOnlySequence<byte> part)
    {
        Memory<byte> destination = _buffer!.Memory.Slice(Filled, (int)part.Length);
        part.CopyTo(destination.Span);
        Filled += destination.Length;
        took?.Invoke(destination);
    }

    private ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> reading)
    {
        bool mayGiveBack = _buffer is not null && (_mayPutAway || Filled <= CrumbBytes);
        return !mayGiveBack || reading.IsCompleted ? reading : _buffer!.WaitAsync(reading, _giveBack ??= ReturnAsync);
    }

    private async Task ReturnAsync()
    {
        (PayloadBuffer buffer, _buffer) = (_buffer!, null);
        if (Filled <= CrumbBytes)
        {
            _crumbs = buffer.Span[..Filled].ToArray();
            buffer.Dispose();
            LeavePlace();
            return;
        }

        int filled = Filled;
        (Filled, _isPutAway) = (0, true);
        LeavePlace();
        await putAway(buffer, filled);
    }
}

/// <summary>The reason why a buffer is not filled further.</summary>
internal enum FillResult
{
    Full,

    BodyEnded,

    /// <summary>Others needed the memory: its bytes were spilled, and the next byte begins a new one.</summary>
    PutAway,
}
