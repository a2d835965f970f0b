namespace Hutch.Storage.Payloads;

/// <summary>
/// The only source of memory for request bodies: buffers of a few sizes, counted in bytes. When all are lent out, requests wait in a queue,
/// so that load becomes latency and never memory.
/// </summary>
/// <remarks>
/// Buffers are pinned for their life (the system reads from them directly) and reused: a new array of a megabyte costs more than the disk.
/// They are not cleared between uses. Thread-safe.
/// <para>
/// Owners (the users of the requests) are served in rotation, and none holds more than three quarters. Within an owner the order is strict:
/// small requests do not overtake a large one. The pool recalls a buffer whose owner waits for a slow network
/// (<see cref="PayloadBuffer.WaitAsync"/>) when other requests wait for memory: a slow client holds up no other.
/// </para>
/// </remarks>
public sealed class PayloadPool
{
    /// <summary>The default size of a pool in bytes.</summary>
    public const long DefaultCapacityBytes = 128L << 20;

    /// <summary>The largest buffer in bytes: an extent.</summary>
    public const int MaxBufferBytes = 8 << 20;

    public const int MinBufferBytes = 4 << 10;

    /// <summary>
    /// The time that a buffer may wait for the network while other requests wait for memory. A client of 20 MB/s fills an extent in it.
    /// </summary>
    public static readonly TimeSpan DefaultReclaimDelay = TimeSpan.FromMilliseconds(400);

    private static readonly Func<string> Nobody = static () => "";

    private readonly Lock _gate = new();
    private readonly PayloadQueue _line = new();
    private readonly LinkedList<PayloadWait> _waits = new();
    private readonly Dictionary<string, long> _wanted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _held = new(StringComparer.Ordinal);
    private readonly Stack<byte[]>[] _idle;
    private readonly Func<string> _owner;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly long _mostOfOwner;
    private long _idleBytes;
    private long _askedBytes;
    private long _wantedBytes;
    private bool _isWatched;
    private Func<bool>? _giveUpSpare;

    /// <param name="owner">The owner of the current flow; empty for the program itself, which may hold everything.</param>
    /// <param name="timeout">The time that a buffer may wait for the network while other requests wait for memory.</param>
    public PayloadPool(
        long capacityBytes = DefaultCapacityBytes, Func<string>? owner = null, TimeSpan? timeout = null, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacityBytes, MaxBufferBytes);
        CapacityBytes = capacityBytes;
        _owner = owner ?? Nobody;
        _timeout = timeout ?? DefaultReclaimDelay;
        _time = time ?? TimeProvider.System;
        _mostOfOwner = Math.Max(capacityBytes - (capacityBytes / 4), Math.Min(capacityBytes, 2 * MaxBufferBytes));
        _idle = [.. Enumerable.Range(0, ClassOf(MaxBufferBytes) + 1).Select(static _ => new Stack<byte[]>())];
    }

    /// <summary>The most that the pool lends, in bytes.</summary>
    public long CapacityBytes { get; }

    public long LentBytes { get; private set; }

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
    /// Rents a buffer of at least this many bytes (at most <see cref="MaxBufferBytes"/>); waits in line when too much is lent. Dispose it
    /// exactly when nothing uses its memory.
    /// </summary>
    public ValueTask<PayloadBuffer> RentAsync(int bytes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, MaxBufferBytes);
        cancellationToken.ThrowIfCancellationRequested();
        var request = new PayloadRequest(_owner(), ClassOf(bytes), bytes);
        lock (_gate)
        {
            if (_line.Count == 0 && MayHaveMore(request) && Fits(request))
            {
                return ValueTask.FromResult(Grant(request));
            }

            _line.Add(request);
        }

        ServeLine(); // who waits may only have too much already
        FreeSpare();
        return new ValueTask<PayloadBuffer>(WaitAsync(request, cancellationToken));
    }

    /// <summary>Registers a holder of spare buffers, which is asked to return some whenever a request would have to wait.</summary>
    /// <param name="giveUp">Returns at least one buffer; false if it has none. Called from any thread.</param>
    public void UseSpare(Func<bool> giveUp) => _giveUpSpare = giveUp;

    /// <summary>Rents a buffer if one is free and no request waits; null otherwise.</summary>
    public PayloadBuffer? TryRent(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, MaxBufferBytes);
        var request = new PayloadRequest(_owner(), ClassOf(bytes), bytes);
        lock (_gate)
        {
            return _line.Count == 0 && MayHaveMore(request) && Fits(request) ? Grant(request) : null;
        }
    }

    /// <summary>
    /// Registers a wait for something that comes with a buffer, such as a cache entry. Until it is disposed, buffers that wait for a slow
    /// network are recalled as if memory were short; those of other owners only while this owner holds little.
    /// </summary>
    public IDisposable Want(int bytes)
    {
        string owner = _owner();
        ChangePending(owner, bytes);
        return new PendingRent(this, owner, bytes);
    }

    internal static int SizeOf(int sizeClass) => MinBufferBytes << sizeClass;

    internal void Return(PayloadBuffer buffer, byte[] array)
    {
        lock (_gate)
        {
            Discount(buffer);
            _idle[buffer.SizeClass].Push(array);
            _idleBytes += SizeOf(buffer.SizeClass);
        }

        ServeLine();
    }

    internal void Release(PayloadBuffer buffer)
    {
        lock (_gate)
        {
            Discount(buffer);
        }

        ServeLine();
    }

    /// <summary>From now on the buffer may be asked back.</summary>
    internal PayloadWait BeginWait(PayloadBuffer buffer, Func<Task> giveBack)
    {
        var wait = new PayloadWait(buffer, giveBack);
        lock (_gate)
        {
            _waits.AddLast(wait.Place);
            ReclaimFromSlow();
        }

        return wait;
    }

    /// <summary>
    /// From now on the buffer is its owner's alone again, unless it was asked for: then it is gone when the task has ended.
    /// </summary>
    internal Task EndWait(PayloadWait wait)
    {
        lock (_gate)
        {
            if (wait.Returned is { } givenBack)
            {
                return givenBack;
            }

            _waits.Remove(wait.Place);
            return Task.CompletedTask;
        }
    }

    private static int ClassOf(int bytes) =>
        bytes <= MinBufferBytes
            ? 0
            : System.Numerics.BitOperations.Log2((uint)(bytes - 1)) + 1 - System.Numerics.BitOperations.Log2(MinBufferBytes);

    private void ServeLine()
    {
        while (true)
        {
            PayloadRequest? request;
            PayloadBuffer buffer;
            lock (_gate)
            {
                if (!_line.TryTake(MayHaveMore, Fits, out request))
                {
                    ReclaimFromSlow();
                    return;
                }

                buffer = Grant(request);
            }

            request.Serve(buffer);
        }
    }

    private void FreeSpare()
    {
        while (_giveUpSpare is { } giveUp && Waiting > 0 && giveUp())
        {
            // The returned buffer went to a waiting request, or was too small.
        }
    }

    private bool Fits(PayloadRequest request) => LentBytes + request.Counted <= CapacityBytes;

    private bool MayHaveMore(PayloadRequest request) =>
        request.Owner.Length == 0 || _held.GetValueOrDefault(request.Owner) + request.Counted <= _mostOfOwner;

    private PayloadBuffer Grant(PayloadRequest request)
    {
        LentBytes += request.Counted;
        _held[request.Owner] = _held.GetValueOrDefault(request.Owner) + request.Counted;
        if (_idle[request.SizeClass].TryPop(out byte[]? array))
        {
            _idleBytes -= request.Counted;
        }
        else
        {
            DropIdle();
            array = PayloadMemory.Allocate(request.Counted);
        }

        return new PayloadBuffer(this, array, request, _time.GetTimestamp());
    }

    private void Discount(PayloadBuffer buffer)
    {
        int bytes = SizeOf(buffer.SizeClass);
        LentBytes -= bytes;
        _askedBytes -= buffer.IsReclaimed ? bytes : 0;
        if ((_held[buffer.Owner] -= bytes) == 0)
        {
            _held.Remove(buffer.Owner);
        }
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

    private void ChangePending(string owner, long bytes)
    {
        lock (_gate)
        {
            _wantedBytes += bytes;
            if ((_wanted[owner] = _wanted.GetValueOrDefault(owner) + bytes) == 0)
            {
                _wanted.Remove(owner);
            }

            ReclaimFromSlow();
        }
    }

    private bool HasWaiters => _line.Count > 0 || _wantedBytes > 0;

    private bool HasLittle(string owner) => _held.GetValueOrDefault(owner) < CapacityBytes / 4;

    /// <summary>Asks as many buffers back from those that wait for a slow network as are needed, the longest wait first.</summary>
    private void ReclaimFromSlow()
    {
        if (!HasWaiters)
        {
            return;
        }

        bool helpsOthers = _line.Heads.Any(MayHaveMore) || _wanted.Keys.Any(HasLittle);
        for (LinkedListNode<PayloadWait>? node = _waits.First; node is not null && _askedBytes < _line.Bytes + _wantedBytes;)
        {
            PayloadBuffer buffer = node.Value.Buffer;
            LinkedListNode<PayloadWait>? next = node.Next;
            if (_time.GetElapsedTime(buffer.LentAt) >= _timeout
                && (helpsOthers || _line.Has(buffer.Owner) || _wanted.ContainsKey(buffer.Owner)))
            {
                _waits.Remove(node);
                buffer.IsReclaimed = true;
                _askedBytes += SizeOf(buffer.SizeClass);
                node.Value.Reclaim();
            }

            node = next;
        }

        if (!_isWatched)
        {
            _isWatched = true;
            _ = WatchAsync();
        }
    }

    /// <summary>Ages waiting buffers, so that they can be recalled, while any request waits.</summary>
    private async Task WatchAsync()
    {
        while (true)
        {
            await Task.Delay((_timeout / 4) + TimeSpan.FromMilliseconds(1), _time);
            lock (_gate)
            {
                if (!HasWaiters)
                {
                    _isWatched = false;
                    return;
                }

                ReclaimFromSlow();
            }
        }
    }

    private async Task<PayloadBuffer> WaitAsync(PayloadRequest request, CancellationToken cancellationToken)
    {
        await using CancellationTokenRegistration registration = cancellationToken.Register(() => Leave(request, cancellationToken));
        return await request.Served;
    }

    private void Leave(PayloadRequest request, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_line.Remove(request))
            {
                return; // served in the same moment: the buffer is handed over and the caller disposes it
            }
        }

        request.Cancel(cancellationToken);
        ServeLine(); // what stood behind may fit
    }

    private sealed class PendingRent(PayloadPool pool, string owner, int bytes) : IDisposable
    {
        public void Dispose() => pool.ChangePending(owner, -bytes);
    }
}
