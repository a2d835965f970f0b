namespace Hutch.Site.Committing;

/// <summary>
/// Knows which operations have stored members that no record names yet. The collector waits for those that began before it
/// looked, so that it never takes for garbage what is about to be named.
/// </summary>
public sealed class OperationTracker
{
    private readonly Lock _lock = new();
    private readonly HashSet<Operation> _running = [];

    /// <summary>Begins an operation; disposing the result ends it.</summary>
    public IDisposable Begin()
    {
        var operation = new Operation(this);
        lock (_lock)
        {
            _running.Add(operation);
        }

        return operation;
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

    private sealed class Operation(OperationTracker tracker) : IDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public void Dispose()
        {
            tracker.End(this);
            _ended.TrySetResult();
        }
    }
}
