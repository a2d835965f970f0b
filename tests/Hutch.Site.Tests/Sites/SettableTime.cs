namespace Hutch.Site.Tests.Sites;

/// <summary>The system's clock: the test lets time pass, or puts the clock wrong.</summary>
internal sealed class SettableTime : TimeProvider
{
    private readonly List<HeldTimer> _held = [];
    private TimeSpan _passed;
    private TimeSpan _wrong;

    /// <summary>Whether waits that begin from now on last until the test lets their time pass.</summary>
    public bool HoldsWaits { get; set; }

    /// <summary>Waits that are held.</summary>
    public int Held
    {
        get
        {
            lock (_held)
            {
                return _held.Count;
            }
        }
    }

    /// <summary>Time passes.</summary>
    public void Advance(TimeSpan by)
    {
        List<HeldTimer> over;
        lock (_held)
        {
            _passed += by;
            over = [.. _held.Where(timer => timer.Until <= _passed)];
            _held.RemoveAll(over.Contains);
        }

        over.ForEach(timer => timer.Ring());
    }

    /// <summary>The clock is put forward or back, and no time passes.</summary>
    public void Jump(TimeSpan by) => _wrong += by;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _passed + _wrong;

    public override long GetTimestamp() => System.GetTimestamp() + (long)(_passed.TotalSeconds * TimestampFrequency);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (!HoldsWaits)
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        lock (_held)
        {
            var timer = new HeldTimer(this, callback, state, _passed + dueTime);
            _held.Add(timer);
            return timer;
        }
    }

    private sealed class HeldTimer(SettableTime owner, TimerCallback callback, object? state, TimeSpan until) : ITimer
    {
        public TimeSpan Until => until;

        public void Ring() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            lock (owner._held)
            {
                owner._held.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
