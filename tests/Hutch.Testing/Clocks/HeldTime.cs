namespace Hutch.Testing.Clocks;

/// <summary>The system's clock, but a wait lasts until a test ends it: code that continues before did not wait.</summary>
public sealed class HeldTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<HeldTimer> _timers = [];
    private readonly TaskCompletionSource _firstWait = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the first wait begins.</summary>
    public Task FirstWait => _firstWait.Task;

    /// <summary>Ends all current waits.</summary>
    public void EndWaits()
    {
        HeldTimer[] current;
        lock (_gate)
        {
            current = [.. _timers];
        }

        Array.ForEach(current, static timer => timer.End());
    }

    /// <summary>Ends the current wait that began last.</summary>
    public void EndLastWait()
    {
        HeldTimer last;
        lock (_gate)
        {
            last = _timers[^1];
        }

        last.End();
    }

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HeldTimer(this, System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        lock (_gate)
        {
            _timers.Add(timer);
        }

        _firstWait.TrySetResult();
        return timer;
    }

    private sealed class HeldTimer(HeldTime owner, ITimer timer) : ITimer
    {
        public void End() => timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            Forget();
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Forget();
            return timer.DisposeAsync();
        }

        private void Forget()
        {
            lock (owner._gate)
            {
                owner._timers.Remove(this);
            }
        }
    }
}
