namespace Hutch.Site.Committing;

/// <summary>
/// Knows which operations have stored members that no record names yet, or have read records and will name what they read. The collector
/// waits for those that began before it looked, so that it never takes for garbage what is about to be named.
/// </summary>
/// <param name="position">Up to which record everybody at this server sees the log, in the records and in what is kept in memory.</param>
public sealed class OperationTracker(Func<long> position)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Operation> _running = [];

    /// <summary>
    /// The last record that every operation has seen, those that begin from now on included. It never falls, so that it may be told to
    /// other servers however late they read it.
    /// </summary>
    public long Oldest
    {
        get
        {
            lock (_lock)
            {
                return _running.Aggregate(position(), static (oldest, operation) => Math.Min(oldest, operation.Began));
            }
        }
    }

    /// <summary>Begins an operation, before it reads or stores anything; disposing the result ends it.</summary>
    public IDisposable Begin()
    {
        // Under the lock: what begins after somebody asked for the oldest has seen at least what he was told.
        lock (_lock)
        {
            var operation = new Operation(this, position());
            _running.Add(operation);
            return operation;
        }
    }

    /// <summary>Waits until every operation that is running now has ended.</summary>
    public Task WaitForRunningAsync(CancellationToken ct)
    {
        Task[] running;
        lock (_lock)
        {
            running = [.. _running.Select(operation => operation.Ended)];
        }

        return Task.WhenAll(running).WaitAsync(ct);
    }

    private void End(Operation operation)
    {
        lock (_lock)
        {
            _running.Remove(operation);
        }
    }

    private sealed class Operation(OperationTracker tracker, long began) : IDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Began => began;

        public Task Ended => _ended.Task;

        public void Dispose()
        {
            tracker.End(this);
            _ended.TrySetResult();
        }
    }
}
