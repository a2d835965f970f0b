namespace Hutch.Site.Platform.Fairness;

/// <summary>
/// A fixed number of slots for parts of large transfers. While several classes of work want slots, each moves its share of the bytes, and
/// so does each user of a class. It is work-conserving: unused shares go to the users that wait.
/// </summary>
/// <remarks>
/// Thread-safe. Start-time fair queueing (Goyal, Vin, Cheng, SIGCOMM 1996), twice: among classes by weight, and among the users of a class.
/// A queue's virtual time advances by the bytes served over its weight, and the queue that is furthest behind is next. A queue that returns
/// after a pause begins at the virtual time of the others: a pause earns and costs nothing. All connections of a user are one queue. <para>
/// It uses start times instead of finish times, as the rate of the disk and the network is unknown and varies. One lock and a scan of the
/// waiting users suffice: parts have 1 to 8 MiB, so that 10 GB/s are at most ten thousand decisions a second. Decision 0104. </para>
/// </remarks>
public sealed class FairScheduler
{
    private const int Whole = 100;

    private readonly Lock _lock = new();
    private readonly ClassQueue[] _classes;
    private readonly Dictionary<string, int> _held = new(StringComparer.Ordinal);
    private readonly int _places;
    private readonly int _placesOfUser;
    private readonly int _mostOfUser;
    private int _free;
    private int _waiting;

    // The virtual time in bytes: a double counts whole bytes up to 2^53, 9 PB since the start.
    private double _now;

    /// <param name="userPercent">The most that one user may hold while others wait, per cent.</param>
    /// <param name="shares">
    /// The share of each class, in the order of <see cref="RequestClasses.All"/>: numbers whose ratios alone matter.
    /// </param>
    public FairScheduler(int places, int userPercent, IReadOnlyList<int> shares)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(places);
        _places = places;
        _free = places;
        _placesOfUser = Math.Max(1, places * userPercent / Whole);

        // A quarter stays free of any one user, so that the next one finds a place at once, not when the first has read its part.
        _mostOfUser = places - (places / 4);
        _classes = [.. RequestClasses.All.Select(requestClass => new ClassQueue(shares[(int)requestClass]))];
    }

    public int Places => _places;

    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting;
            }
        }
    }

    public int Taken
    {
        get
        {
            lock (_lock)
            {
                return _places - _free;
            }
        }
    }

    public int WaitingOf(RequestClass requestClass)
    {
        lock (_lock)
        {
            return _classes[(int)requestClass].Count;
        }
    }

    /// <summary>Takes a slot for a part; dispose it to release it.</summary>
    public ValueTask<IDisposable> EnterAsync(string user, RequestClass requestClass, int bytes, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_waiting == 0 && CanGrantSlot(user))
            {
                return new ValueTask<IDisposable>(Charge(new Waiter(user, requestClass, bytes)));
            }

            var waiter = new Waiter(user, requestClass, bytes);
            _classes[(int)requestClass].Add(waiter, _now);
            _waiting++;
            Serve();
            return new ValueTask<IDisposable>(WaitAsync(waiter, ct));
        }
    }

    /// <summary>Takes a slot if one is free and no request waits for it; null otherwise.</summary>
    public IDisposable? TryEnter(string user, RequestClass requestClass, int bytes)
    {
        lock (_lock)
        {
            return _waiting == 0 && CanGrantSlot(user) ? Charge(new Waiter(user, requestClass, bytes)) : null;
        }
    }

    private bool CanGrantSlot(string user) => _free > 0 && _held.GetValueOrDefault(user) < _mostOfUser;

    private async Task<IDisposable> WaitAsync(Waiter waiter, CancellationToken ct)
    {
        await using CancellationTokenRegistration cancelled = ct.UnsafeRegister(_ => Cancel(waiter, ct), null);
        return await waiter.Granted.Task;
    }

    private void Cancel(Waiter waiter, CancellationToken ct)
    {
        bool wasWaiting;
        lock (_lock)
        {
            wasWaiting = _classes[(int)waiter.Class].Remove(waiter);
            _waiting -= wasWaiting ? 1 : 0;
        }

        if (wasWaiting)
        {
            waiter.Granted.TrySetCanceled(ct);
        }
    }

    /// <summary>
    /// Takes a slot without waiting. It is charged as well; otherwise requests without competition would be free of charge.
    /// </summary>
    private Slot Charge(Waiter waiter)
    {
        ClassQueue queue = _classes[(int)waiter.Class];
        queue.Add(waiter, _now);
        _now = Math.Max(_now, queue.Serve(waiter));
        return GrantSlot(waiter.User);
    }

    private Slot GrantSlot(string user)
    {
        _free--;
        _held[user] = _held.GetValueOrDefault(user) + 1;
        return new Slot(this, user);
    }

    private void ReturnSlot(string user)
    {
        lock (_lock)
        {
            _free++;
            if (--_held[user] == 0)
            {
                _held.Remove(user);
            }

            Serve();
        }
    }

    private void Serve()
    {
        while (_free > 0 && Next() is { } waiter)
        {
            _waiting--;
            _now = Math.Max(_now, _classes[(int)waiter.Class].Serve(waiter));
            waiter.Granted.TrySetResult(GrantSlot(waiter.User));
        }
    }

    /// <summary>Chooses users below their share first; if none of them waits, any user up to the limit: no slot is idle.</summary>
    private Waiter? Next() => Find(_placesOfUser) ?? Find(_mostOfUser);

    private Waiter? Find(int most)
    {
        Waiter? found = null;
        double behind = double.PositiveInfinity;
        foreach (ClassQueue queue in _classes)
        {
            if (queue.Count > 0 && queue.Start < behind && queue.Find(user => _held.GetValueOrDefault(user) < most) is { } waiter)
            {
                (found, behind) = (waiter, queue.Start);
            }
        }

        return found;
    }

    private sealed class ClassQueue(int share)
    {
        /// <summary>The most users without requests that are remembered, for the service that they are ahead.</summary>
        private const int MaxRemembered = 1000;

        private readonly Dictionary<string, UserQueue> _users = new(StringComparer.Ordinal);
        private double _now;
        private long _arrivals;

        public int Count { get; private set; }

        /// <summary>The virtual time of the class: bytes over its share.</summary>
        public double Start { get; private set; }

        public void Add(Waiter waiter, double now)
        {
            if (Count++ == 0)
            {
                Start = Math.Max(Start, now);
            }

            if (!_users.TryGetValue(waiter.User, out UserQueue? user))
            {
                _users[waiter.User] = user = new UserQueue();
            }

            if (user.Waiting.Count == 0)
            {
                (user.Start, user.Arrival) = (Math.Max(user.Start, _now), _arrivals++);
            }

            user.Waiting.AddLast(waiter);
        }

        public bool Remove(Waiter waiter)
        {
            bool isThere = _users.TryGetValue(waiter.User, out UserQueue? user) && user.Waiting.Remove(waiter);
            Count -= isThere ? 1 : 0;
            return isThere;
        }

        /// <summary>Returns the first request of the user that is furthest behind, among the permitted ones.</summary>
        public Waiter? Find(Func<string, bool> may)
        {
            UserQueue? best = null;
            foreach ((string name, UserQueue user) in _users)
            {
                if (user.Waiting.Count > 0 && (best is null || user.IsBefore(best)) && may(name))
                {
                    best = user;
                }
            }

            return best?.Waiting.First!.Value;
        }

        /// <summary>Charges a served request and removes it from the queue; returns the former virtual time of the class.</summary>
        public double Serve(Waiter waiter)
        {
            double start = Start;
            UserQueue user = _users[waiter.User];
            user.Waiting.Remove(waiter);
            Count--;
            _now = Math.Max(_now, user.Start);
            user.Start += waiter.Bytes;
            user.Arrival = _arrivals++;
            Start += (double)waiter.Bytes / share;
            if (_users.Count > MaxRemembered)
            {
                Forget();
            }

            return start;
        }

        /// <summary>Drops users that neither wait nor are ahead: they return at the virtual time of the others anyway.</summary>
        private void Forget()
        {
            foreach ((string name, _) in _users.Where(user => user.Value.Waiting.Count == 0 && user.Value.Start <= _now).ToList())
            {
                _users.Remove(name);
            }
        }
    }

    private sealed class UserQueue
    {
        public LinkedList<Waiter> Waiting { get; } = new();

        /// <summary>The virtual time of the user, in bytes.</summary>
        public double Start { get; set; }

        /// <summary>Breaks ties: of two users with equal virtual time, the one that came or was served earlier is next.</summary>
        public long Arrival { get; set; }

        public bool IsBefore(UserQueue other) => Start < other.Start || (Start == other.Start && Arrival < other.Arrival);
    }

    private sealed class Waiter(string user, RequestClass requestClass, int bytes)
    {
        public string User => user;

        public RequestClass Class => requestClass;

        public int Bytes => bytes;

        public TaskCompletionSource<IDisposable> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Slot(FairScheduler scheduler, string user) : IDisposable
    {
        private int _isReturned;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isReturned, 1) == 0)
            {
                scheduler.ReturnSlot(user);
            }
        }
    }
}
