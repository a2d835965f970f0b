namespace Hutch.Site.Write.Committing;

/// <summary>
/// Tracks operations that have stored members that no record names yet, or that will name members from records that they have read. The
/// collector waits for operations that began before its mark, so that it never frees members that are about to be named.
/// </summary>
/// <param name="position">Returns the last record that every reader at this server sees, in the records and in the caches.</param>
public sealed class OperationTracker(Func<long> position)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Operation> _running = [];

    /// <summary>
    /// The last record that every operation has seen, including those that begin from now on. It never falls, so that a report of it to
    /// other servers stays true however late they read it.
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
        // Under the lock: an operation that begins after the oldest record was reported has seen at least that record.
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
