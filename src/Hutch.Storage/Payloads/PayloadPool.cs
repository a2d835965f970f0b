namespace Hutch.Storage.Payloads;

/// <summary>
/// The one place that the memory of request bodies comes from: buffers of a few sizes, counted in bytes. When all is lent out, who asks
/// waits in line until enough comes back, so that load turns into waiting and never into memory.
/// </summary>
/// <remarks>
/// Buffers are pinned for their life (the system reads from them directly) and kept for the next one: fresh arrays of a megabyte cost more
/// than the disk. They are not cleared between uses. Safe for use from many threads.
/// <para>
/// Owners (users, whose requests they are) take turns, and none ever holds more than three quarters. Of one owner, the order is strict: a
/// large request at the head is not overtaken by small ones, so it is served at last. A buffer whose owner waits for a slow network
/// (<see cref="PayloadBuffer.WaitAsync"/>) is asked back when others wait for memory: no client holds up others by being slow.
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
    /// How long a buffer may wait for the network while others wait for memory. A client of 20 MB/s fills an extent in this time.
    /// </summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromMilliseconds(400);

    private static readonly Func<string> Nobody = static () => "";

    private readonly Lock _gate = new();
    private readonly PayloadQueue _line = new();
    private readonly LinkedList<PayloadWait> _waits = new();
    private readonly Dictionary<string, long> _wanted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _held = new(StringComparer.Ordinal);
    private readonly Stack<byte[]>[] _idle;
    private readonly Func<string> _owner;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private readonly long _mostOfOwner;
    private long _idleBytes;
    private long _askedBytes;
    private long _wantedBytes;
    private bool _isWatched;
    private Func<bool>? _giveUpSpare;

    /// <param name="capacityBytes">What it lends at most at a time.</param>
    /// <param name="owner">In whose name the current flow of work asks; empty for the program itself, which may hold everything.</param>
    /// <param name="patience">How long a buffer may wait for the network while others wait for memory.</param>
    /// <param name="time">The clock of that wait; absent, the machine's.</param>
    public PayloadPool(
        long capacityBytes = DefaultCapacityBytes, Func<string>? owner = null, TimeSpan? patience = null, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacityBytes, MaxBufferBytes);
        CapacityBytes = capacityBytes;
        _owner = owner ?? Nobody;
        _patience = patience ?? DefaultPatience;
        _time = time ?? TimeProvider.System;
        _mostOfOwner = Math.Max(capacityBytes - (capacityBytes / 4), Math.Min(capacityBytes, 2 * MaxBufferBytes));
        _idle = [.. Enumerable.Range(0, ClassOf(MaxBufferBytes) + 1).Select(static _ => new Stack<byte[]>())];
    }

    /// <summary>What the pool lends at most, in bytes.</summary>
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
                return ValueTask.FromResult(Lend(request));
            }

            _line.Add(request);
        }

        ServeLine(); // who waits may only have too much already
        GiveUpSpare();
        return new ValueTask<PayloadBuffer>(WaitAsync(request, cancellationToken));
    }

    /// <summary>
    /// Names who has buffers only as long as nobody else needs their memory: asked to give some up whenever somebody would have to wait.
    /// </summary>
    /// <param name="giveUp">Gives back at least one; false when it has none. Called from any thread.</param>
    public void UseSpare(Func<bool> giveUp) => _giveUpSpare = giveUp;

    /// <summary>Rents a buffer when one is free at once and nobody waits; null otherwise.</summary>
    public PayloadBuffer? TryRent(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, MaxBufferBytes);
        var request = new PayloadRequest(_owner(), ClassOf(bytes), bytes);
        lock (_gate)
        {
            return _line.Count == 0 && MayHaveMore(request) && Fits(request) ? Lend(request) : null;
        }
    }

    /// <summary>
    /// Says that somebody waits for something that comes with a buffer, such as a place for it: until it is disposed, buffers that wait for
    /// a slow network are asked back as if memory were short. Of others only as long as this owner has little.
    /// </summary>
    public IDisposable Want(int bytes)
    {
        string owner = _owner();
        ChangeWanted(owner, bytes);
        return new Wanted(this, owner, bytes);
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

    internal void Forget(PayloadBuffer buffer)
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
            AskSlow();
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
            if (wait.GivenBack is { } givenBack)
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
                    AskSlow();
                    return;
                }

                buffer = Lend(request);
            }

            request.Serve(buffer);
        }
    }

    private void GiveUpSpare()
    {
        while (_giveUpSpare is { } giveUp && Waiting > 0 && giveUp())
        {
            // What came back was lent to who waits, or was too little.
        }
    }

    private bool Fits(PayloadRequest request) => LentBytes + request.Counted <= CapacityBytes;

    private bool MayHaveMore(PayloadRequest request) =>
        request.Owner.Length == 0 || _held.GetValueOrDefault(request.Owner) + request.Counted <= _mostOfOwner;

    private PayloadBuffer Lend(PayloadRequest request)
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
        _askedBytes -= buffer.IsAskedFor ? bytes : 0;
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

    private void ChangeWanted(string owner, long bytes)
    {
        lock (_gate)
        {
            _wantedBytes += bytes;
            if ((_wanted[owner] = _wanted.GetValueOrDefault(owner) + bytes) == 0)
            {
                _wanted.Remove(owner);
            }

            AskSlow();
        }
    }

    private bool IsWanted => _line.Count > 0 || _wantedBytes > 0;

    private bool HasLittle(string owner) => _held.GetValueOrDefault(owner) < CapacityBytes / 4;

    /// <summary>Asks as many buffers back from those that wait for a slow network as are needed, the longest wait first.</summary>
    private void AskSlow()
    {
        if (!IsWanted)
        {
            return;
        }

        bool helpsOthers = _line.Heads.Any(MayHaveMore) || _wanted.Keys.Any(HasLittle);
        for (LinkedListNode<PayloadWait>? place = _waits.First; place is not null && _askedBytes < _line.Bytes + _wantedBytes;)
        {
            PayloadBuffer buffer = place.Value.Buffer;
            LinkedListNode<PayloadWait>? next = place.Next;
            if (_time.GetElapsedTime(buffer.LentAt) >= _patience
                && (helpsOthers || _line.Has(buffer.Owner) || _wanted.ContainsKey(buffer.Owner)))
            {
                _waits.Remove(place);
                buffer.IsAskedFor = true;
                _askedBytes += SizeOf(buffer.SizeClass);
                place.Value.Ask();
            }

            place = next;
        }

        if (!_isWatched)
        {
            _isWatched = true;
            _ = WatchAsync();
        }
    }

    /// <summary>As long as somebody waits, buffers grow old enough to be asked for.</summary>
    private async Task WatchAsync()
    {
        while (true)
        {
            await Task.Delay((_patience / 4) + TimeSpan.FromMilliseconds(1), _time);
            lock (_gate)
            {
                if (!IsWanted)
                {
                    _isWatched = false;
                    return;
                }

                AskSlow();
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

    private sealed class Wanted(PayloadPool pool, string owner, int bytes) : IDisposable
    {
        public void Dispose() => pool.ChangeWanted(owner, -bytes);
    }
}
