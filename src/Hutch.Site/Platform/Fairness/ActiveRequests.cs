using System.Collections.Concurrent;

namespace Hutch.Site.Platform.Fairness;

/// <summary>The running work, and the bytes moved by class. Thread-safe.</summary>
public sealed class ActiveRequests(TimeProvider time, long interactiveBytes)
{
    private readonly ConcurrentDictionary<ActiveRequest, byte> _running = new();
    private readonly ClassTotals[] _totals = [.. RequestClasses.All.Select(_ => new ClassTotals(time))];

    /// <summary>The most bytes that interactive work moves.</summary>
    public long InteractiveBytes => interactiveBytes;

    public CaptureLoads Captures { get; } = new(time);

    /// <summary>All running work, in no order.</summary>
    public IReadOnlyCollection<ActiveRequest> Running => [.. _running.Keys];

    /// <summary>
    /// Returns the bytes of a class since the start, its recent bytes a second, and the number of its running pieces of work.
    /// </summary>
    public (long Read, long Written, long PerSecond, int Running) TotalsFor(RequestClass requestClass)
    {
        ClassTotals totals = _totals[(int)requestClass];
        return (totals.Read, totals.Written, totals.PerSecond, totals.Running);
    }

    /// <summary>Begins work, which is the current work of this execution context until the result is disposed.</summary>
    /// <param name="from">The network of a caller without an account, which distinguishes such callers.</param>
    public IDisposable Begin(string user, RequestClass requestClass, string door, string what, string? from = null)
    {
        var request = new ActiveRequest(this, user, requestClass, door, what, from, time.GetUtcNow());
        _running.TryAdd(request, 0);
        _totals[(int)requestClass].Began();
        return RequestScope.Enter(request, End);
    }

    internal void Count(RequestClass requestClass, long read, long written) => _totals[(int)requestClass].Add(read, written);

    /// <summary>Notes that work has become less urgent.</summary>
    internal void Moved(RequestClass from, RequestClass to)
    {
        _totals[(int)from].Ended();
        _totals[(int)to].Began();
    }

    private void End(ActiveRequest request)
    {
        if (_running.TryRemove(request, out _))
        {
            _totals[(int)request.Class].Ended();
            if (request is { Class: RequestClass.Capture, BytesWritten: > 0 } && DatasetId.TryParse(request.Dataset, out DatasetId dataset))
            {
                Captures.Add(dataset, request.User, request.BytesWritten);
            }
        }
    }

    private sealed class ClassTotals(TimeProvider time)
    {
        private readonly RecentRate _rate = new(time);
        private long _read;
        private long _written;
        private int _running;

        public long Read => Volatile.Read(ref _read);

        public long Written => Volatile.Read(ref _written);

        public long PerSecond => (long)_rate.PerSecond;

        public int Running => Volatile.Read(ref _running);

        public void Began() => Interlocked.Increment(ref _running);

        public void Ended() => Interlocked.Decrement(ref _running);

        public void Add(long read, long written)
        {
            Interlocked.Add(ref _read, read);
            Interlocked.Add(ref _written, written);
            _rate.Add(read + written);
        }
    }
}
