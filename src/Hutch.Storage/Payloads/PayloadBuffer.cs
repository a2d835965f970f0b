namespace Hutch.Storage.Payloads;

/// <summary>
/// Memory lent by a <see cref="PayloadPool"/>. Belongs to one owner at a time, who disposes it when nothing uses the memory; a
/// second dispose does nothing, use after it throws. A forgotten one stops counting when it is collected, but its array is not lent again:
/// somebody may still hold its memory.
/// </summary>
public sealed class PayloadBuffer : IDisposable
{
    private readonly PayloadPool _pool;
    private readonly int _start;
    private byte[]? _array;

    internal PayloadBuffer(PayloadPool pool, byte[] array, PayloadRequest request, long lentAt)
    {
        LentAt = lentAt;
        _start = PayloadMemory.Start(array);
        (_pool, _array, SizeClass, Length, Owner) = (pool, array, request.SizeClass, request.Bytes, request.Owner);
    }

    /// <summary>Stops counting a forgotten buffer.</summary>
    ~PayloadBuffer()
    {
        if (Interlocked.Exchange(ref _array, null) is not null)
        {
            _pool.Forget(this);
        }
    }

    internal int SizeClass { get; }

    /// <summary>In whose name it was lent.</summary>
    internal string Owner { get; }

    /// <summary>When it was lent, by the clock of the pool.</summary>
    internal long LentAt { get; }

    /// <summary>Whether the pool has asked for it and counts on it.</summary>
    internal bool IsAskedFor { get; set; }

    /// <summary>How many bytes were asked for.</summary>
    public int Length { get; }

    /// <summary>The memory, as long as asked for.</summary>
    public Memory<byte> Memory => Array.AsMemory(_start, Length);

    /// <summary>The memory, as long as asked for.</summary>
    public Span<byte> Span => Array.AsSpan(_start, Length);

    /// <summary>All of the memory: at least <see cref="Length"/> bytes.</summary>
    public Memory<byte> Full => Array.AsMemory(_start, PayloadPool.SizeOf(SizeClass));

    /// <summary>
    /// Waits for the network with this buffer in hand. When that takes long and others wait for memory, the buffer is asked back meanwhile.
    /// </summary>
    /// <param name="network">What is waited for. It does not use the buffer.</param>
    /// <param name="giveBack">
    /// Makes what the buffer holds safe and disposes it, or hands it to somebody who soon will. It may run while the network is waited for,
    /// on another thread, at most once; this ends after it.
    /// </param>
    /// <typeparam name="T">What comes of the wait.</typeparam>
    public ValueTask<T> WaitAsync<T>(ValueTask<T> network, Func<Task> giveBack) =>
        network.IsCompleted ? network : WaitSlowlyAsync(network, giveBack);

    private async ValueTask<T> WaitSlowlyAsync<T>(ValueTask<T> network, Func<Task> giveBack)
    {
        PayloadWait wait = _pool.BeginWait(this, giveBack);
        try
        {
            return await network;
        }
        finally
        {
            await _pool.EndWait(wait);
        }
    }

    private byte[] Array
    {
        get
        {
            byte[]? array = _array;
            ObjectDisposedException.ThrowIf(array is null, this);
            return array;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            _pool.Return(this, array);
        }

        GC.SuppressFinalize(this);
    }
}
