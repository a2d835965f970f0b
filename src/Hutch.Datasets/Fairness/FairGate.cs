namespace Hutch.Datasets.Fairness;

/// <summary>
/// A bounded number of places that large transfers take in turns. Who waits is served by class, by user, then by arrival: each user in turn
/// gets one, whatever the number of connections; upkeep gets its share of the places given, and every one that nobody else wants.
/// </summary>
/// <remarks>Thread-safe. A place is taken before memory is, so that who waits holds nothing.</remarks>
public sealed class FairGate
{
    private const int Whole = 100;

    private readonly Lock _lock = new();
    private readonly Line _bulk = new();
    private readonly Line _background = new();
    private readonly Dictionary<string, int> _held = new(StringComparer.Ordinal);
    private readonly int _places;
    private readonly int _placesOfUser;
    private readonly int _mostOfUser;
    private readonly int _backgroundPercent;
    private int _free;
    private int _backgroundCredit;

    /// <summary>A gate with so many places.</summary>
    /// <param name="places">How many may be inside.</param>
    /// <param name="userPercent">The most that one user may hold while others wait, per cent.</param>
    /// <param name="backgroundPercent">The share of upkeep while others wait, per cent.</param>
    public FairGate(int places, int userPercent, int backgroundPercent)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(places);
        _places = places;
        _free = places;
        _placesOfUser = Math.Max(1, places * userPercent / Whole);
        _mostOfUser = places - (places / 4);
        _backgroundPercent = backgroundPercent;
    }

    /// <summary>Places in all.</summary>
    public int Places => _places;

    /// <summary>The most places that one user may hold, even alone: the rest is for who comes next, however slowly the first one reads.</summary>
    public int MostOfUser => _mostOfUser;

    /// <summary>How many wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _bulk.Count + _background.Count;
            }
        }
    }

    /// <summary>How many of a class wait.</summary>
    public int WaitingOf(WorkClass workClass)
    {
        lock (_lock)
        {
            return workClass switch { WorkClass.Bulk => _bulk.Count, WorkClass.Background => _background.Count, _ => 0 };
        }
    }

    /// <summary>Places that are taken.</summary>
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

    /// <summary>Takes a place; dispose it to give it back. Captures and small requests need none: they are never here.</summary>
    public ValueTask<IDisposable> EnterAsync(string user, WorkClass workClass, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_free > 0 && _bulk.Count + _background.Count == 0 && _held.GetValueOrDefault(user) < _mostOfUser)
            {
                return new ValueTask<IDisposable>(Take(user));
            }

            var waiter = new Waiter(user, workClass);
            (workClass == WorkClass.Background ? _background : _bulk).Add(waiter);
            Serve();
            return new ValueTask<IDisposable>(WaitAsync(waiter, ct));
        }
    }

    /// <summary>Takes a place when one is free that nobody waits for; null otherwise.</summary>
    public IDisposable? TryEnter(string user)
    {
        lock (_lock)
        {
            return _free > 0 && _bulk.Count + _background.Count == 0 && _held.GetValueOrDefault(user) < _mostOfUser ? Take(user) : null;
        }
    }

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
            wasWaiting = (waiter.Class == WorkClass.Background ? _background : _bulk).Remove(waiter);
        }

        if (wasWaiting)
        {
            waiter.Granted.TrySetCanceled(ct);
        }
    }

    private Place Take(string user)
    {
        _free--;
        _held[user] = _held.GetValueOrDefault(user) + 1;
        return new Place(this, user);
    }

    private void GiveBack(string user)
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
            waiter.Granted.TrySetResult(Take(waiter.User));
        }
    }

    private Waiter? Next()
    {
        if (_bulk.Count > 0 && _background.Count > 0)
        {
            _backgroundCredit += _backgroundPercent;
        }

        bool isTurnOfBackground = _bulk.Count == 0 || (_background.Count > 0 && _backgroundCredit >= Whole);
        if (isTurnOfBackground && TakeWithin(_background, _mostOfUser) is { } background)
        {
            _backgroundCredit = Math.Max(0, _backgroundCredit - Whole);
            return background;
        }

        // Who holds a lot gives way to others that wait; alone in the line, a user may have more.
        return TakeWithin(_bulk, _bulk.Users > 1 ? _placesOfUser : _mostOfUser) ?? TakeWithin(_background, _mostOfUser);
    }

    private Waiter? TakeWithin(Line line, int most) => line.Take(user => _held.GetValueOrDefault(user) < most);

    /// <summary>Who waits, by user; users take turns.</summary>
    private sealed class Line
    {
        private readonly LinkedList<string> _turns = new();
        private readonly Dictionary<string, LinkedList<Waiter>> _byUser = new(StringComparer.Ordinal);

        public int Count { get; private set; }

        public int Users => _turns.Count;

        public void Add(Waiter waiter)
        {
            if (!_byUser.TryGetValue(waiter.User, out LinkedList<Waiter>? line))
            {
                _byUser[waiter.User] = line = new LinkedList<Waiter>();
                _turns.AddLast(waiter.User);
            }

            line.AddLast(waiter);
            Count++;
        }

        public bool Remove(Waiter waiter)
        {
            if (!_byUser.TryGetValue(waiter.User, out LinkedList<Waiter>? line) || !line.Remove(waiter))
            {
                return false;
            }

            Count--;
            ForgetIfEmpty(waiter.User, line);
            return true;
        }

        public Waiter? Take(Func<string, bool> may)
        {
            for (LinkedListNode<string>? node = _turns.First; node is not null; node = node.Next)
            {
                string user = node.Value;
                if (!may(user))
                {
                    continue;
                }

                LinkedList<Waiter> line = _byUser[user];
                Waiter first = line.First!.Value;
                line.RemoveFirst();
                Count--;
                _turns.Remove(node);
                _turns.AddLast(user);
                ForgetIfEmpty(user, line);
                return first;
            }

            return null;
        }

        private void ForgetIfEmpty(string user, LinkedList<Waiter> line)
        {
            if (line.Count == 0)
            {
                _byUser.Remove(user);
                _turns.Remove(user);
            }
        }
    }

    private sealed class Waiter(string user, WorkClass workClass)
    {
        public string User => user;

        public WorkClass Class => workClass;

        public TaskCompletionSource<IDisposable> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Place(FairGate gate, string user) : IDisposable
    {
        private int _isGivenBack;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isGivenBack, 1) == 0)
            {
                gate.GiveBack(user);
            }
        }
    }
}
