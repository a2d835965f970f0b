namespace Hutch.Storage.Payloads;

/// <summary>
/// Memory from a <see cref="PayloadPool"/>. It belongs to one owner at a time. The owner disposes it when nothing uses the memory; a second
/// dispose does nothing, and use after it throws. A leaked buffer stops counting when it is collected. Its array is not used again, because
/// a reference to its memory may exist.
/// </summary>
public sealed class PayloadBuffer : IDisposable
{
    private readonly PayloadPool _pool;
    private int _start;
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
            _pool.Release(this);
        }
    }

    internal int SizeClass { get; }

    internal string Owner { get; }

    /// <summary>Time of lending, by the clock of the pool.</summary>
    internal long LentAt { get; }

    internal bool IsReclaimed { get; set; }

    /// <summary>The requested length in bytes.</summary>
    public int Length { get; }

    /// <summary>The memory, as long as asked for.</summary>
    public Memory<byte> Memory => Array.AsMemory(_start, Length);

    /// <summary>The memory, as long as asked for.</summary>
    public Span<byte> Span => Array.AsSpan(_start, Length);

    /// <summary>All of the memory: at least <see cref="Length"/> bytes.</summary>
    public Memory<byte> Full => Array.AsMemory(_start, PayloadPool.SizeOf(SizeClass));

    /// <summary>
    /// Moves the memory to the place of a page where a byte of a file is, so that the disk can read from there directly (decision 0121).
    /// Does nothing to small buffers. Before the first use.
    /// </summary>
    public void BeginAt(long offset)
    {
        byte[] array = Array;
        int start = PayloadMemory.Start(array) + (int)(offset & (PayloadMemory.PageBytes - 1));
        _start = start + PayloadPool.SizeOf(SizeClass) <= array.Length ? start : _start;
    }

    /// <summary>Waits for the network. If that takes long and other requests wait for memory, the pool recalls the buffer.</summary>
    /// <param name="network">The operation to wait for. It does not use the buffer.</param>
    /// <param name="giveBack">
    /// Saves the contents and disposes the buffer, or hands it on. It may run during the wait, on another thread, at most once; this call
    /// ends after it.
    /// </param>
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

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            _pool.Return(this, array);
        }

        GC.SuppressFinalize(this);
    }
}
