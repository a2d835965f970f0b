namespace Hutch.Storage.Payloads;

/// <summary>
/// The one place that the memory of request bodies comes from: buffers of a few sizes, counted in bytes. When all is lent out, who asks waits in
/// line until enough comes back, so that load turns into waiting and never into memory.
/// </summary>
/// <remarks>
/// Buffers are pinned for their life (the system reads from them directly) and kept for the next one: fresh arrays of a megabyte cost more than
/// the disk. They are not cleared between uses. Safe for use from many threads. The order is strict: a large request at the head of the line is
/// not overtaken by small ones, so it is served at last.
/// </remarks>
public sealed class PayloadPool
{
    /// <summary>The default size of a pool in bytes.</summary>
    public const long DefaultCapacityBytes = 128L << 20;

    /// <summary>The largest buffer in bytes: an extent.</summary>
    public const int MaxBufferBytes = 8 << 20;

    /// <summary>The smallest buffer in bytes.</summary>
    public const int MinBufferBytes = 4 << 10;

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _line = new();
    private readonly Stack<byte[]>[] _idle;
    private long _idleBytes;

    /// <summary>A pool that lends at most <paramref name="capacityBytes"/> at a time.</summary>
    public PayloadPool(long capacityBytes = DefaultCapacityBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacityBytes, MaxBufferBytes);
        CapacityBytes = capacityBytes;
        _idle = [.. Enumerable.Range(0, ClassOf(MaxBufferBytes) + 1).Select(static _ => new Stack<byte[]>())];
    }

    /// <summary>What the pool lends at most, in bytes.</summary>
    public long CapacityBytes { get; }

    /// <summary>Bytes that are lent now.</summary>
    public long LentBytes { get; private set; }

    /// <summary>Requests that wait now.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _line.Count;
            }
        }
    }

    /// <summary>
    /// Rents a buffer of at least this many bytes (at most <see cref="MaxBufferBytes"/>); waits in line when too much is lent. Dispose it exactly
    /// when nothing uses its memory any more.
    /// </summary>
    public ValueTask<PayloadBuffer> RentAsync(int bytes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, MaxBufferBytes);
        cancellationToken.ThrowIfCancellationRequested();
        int sizeClass = ClassOf(bytes);
        lock (_gate)
        {
            if (_line.Count == 0 && Fits(sizeClass))
            {
                return ValueTask.FromResult(Lend(sizeClass, bytes));
            }

            var waiter = new Waiter(sizeClass, bytes);
            LinkedListNode<Waiter> place = _line.AddLast(waiter);
            return new ValueTask<PayloadBuffer>(WaitAsync(waiter, place, cancellationToken));
        }
    }

    /// <summary>Rents a buffer when one is free at once and nobody waits; null otherwise.</summary>
    public PayloadBuffer? TryRent(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, MaxBufferBytes);
        int sizeClass = ClassOf(bytes);
        lock (_gate)
        {
            return _line.Count == 0 && Fits(sizeClass) ? Lend(sizeClass, bytes) : null;
        }
    }

    internal static int SizeOf(int sizeClass) => MinBufferBytes << sizeClass;

    internal void Return(byte[] array, int sizeClass)
    {
        lock (_gate)
        {
            LentBytes -= SizeOf(sizeClass);
            _idle[sizeClass].Push(array);
            _idleBytes += SizeOf(sizeClass);
        }

        ServeLine();
    }

    internal void Forget(int sizeClass)
    {
        lock (_gate)
        {
            LentBytes -= SizeOf(sizeClass);
        }

        ServeLine();
    }

    private void ServeLine()
    {
        while (true)
        {
            Waiter waiter;
            PayloadBuffer buffer;
            lock (_gate)
            {
                if (_line.First is not { } head || !Fits(head.Value.SizeClass))
                {
                    return;
                }

                _line.RemoveFirst();
                waiter = head.Value;
                buffer = Lend(waiter.SizeClass, waiter.Bytes);
            }

            waiter.Serve(buffer);
        }
    }

    private static int ClassOf(int bytes) =>
        bytes <= MinBufferBytes ? 0 : System.Numerics.BitOperations.Log2((uint)(bytes - 1)) + 1 - System.Numerics.BitOperations.Log2(MinBufferBytes);

    private bool Fits(int sizeClass) => LentBytes + SizeOf(sizeClass) <= CapacityBytes;

    private PayloadBuffer Lend(int sizeClass, int bytes)
    {
        LentBytes += SizeOf(sizeClass);
        if (_idle[sizeClass].TryPop(out byte[]? array))
        {
            _idleBytes -= SizeOf(sizeClass);
        }
        else
        {
            DropIdle();
            array = GC.AllocateUninitializedArray<byte>(SizeOf(sizeClass), pinned: true);
        }

        return new PayloadBuffer(this, array, sizeClass, bytes);
    }

    // Idle buffers of other sizes give way, so that lent and idle together stay within the capacity.
    private void DropIdle()
    {
        for (int i = _idle.Length - 1; i >= 0 && LentBytes + _idleBytes > CapacityBytes; i--)
        {
            while (LentBytes + _idleBytes > CapacityBytes && _idle[i].TryPop(out _))
            {
                _idleBytes -= SizeOf(i);
            }
        }
    }

    private async Task<PayloadBuffer> WaitAsync(Waiter waiter, LinkedListNode<Waiter> place, CancellationToken cancellationToken)
    {
        await using CancellationTokenRegistration registration = cancellationToken.Register(() => Leave(place, cancellationToken));
        return await waiter.Served;
    }

    private void Leave(LinkedListNode<Waiter> place, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (place.List is null)
            {
                return; // served in the same moment: the buffer is handed over and the caller disposes it
            }

            _line.Remove(place);
        }

        place.Value.Cancel(cancellationToken);
        ServeLine(); // what stood behind may fit
    }

    private sealed class Waiter(int sizeClass, int bytes)
    {
        private readonly TaskCompletionSource<PayloadBuffer> _served = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int SizeClass => sizeClass;

        public int Bytes => bytes;

        public Task<PayloadBuffer> Served => _served.Task;

        public void Serve(PayloadBuffer buffer) => _served.SetResult(buffer);

        public void Cancel(CancellationToken token) => _served.SetCanceled(token);
    }
}
