namespace Hutch.Testing.Clocks;

/// <summary>The system's clock, in which a test lets time pass or which it sets wrong. Timers are those of the system unless they are held.</summary>
public sealed class ShiftedTime : TimeProvider
{
    private readonly List<HeldTimer> _held = [];
    private long _passedTicks;
    private long _aheadTicks;

    /// <summary>The amount by which the time of day is wrong; negative when it is late. Measured spans do not see it.</summary>
    public TimeSpan Ahead
    {
        get => new(Interlocked.Read(ref _aheadTicks));
        set => Interlocked.Exchange(ref _aheadTicks, value.Ticks);
    }

    /// <summary>Whether waits that begin from now on last until the test lets their time pass.</summary>
    public bool HoldsWaits { get; set; }

    /// <summary>The number of waits that are held.</summary>
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

    /// <summary>Called before the time of day is read; what it throws, the reader receives.</summary>
    public Action? BeforeRead { get; set; }

    /// <summary>Called before a timestamp is taken.</summary>
    public Action? BeforeTimestamp { get; set; }

    private TimeSpan Passed => new(Interlocked.Read(ref _passedTicks));

    /// <summary>Lets time pass: the time of day and timestamps advance, and held waits of this length end.</summary>
    public void Advance(TimeSpan by)
    {
        List<HeldTimer> over;
        lock (_held)
        {
            TimeSpan passed = new(Interlocked.Add(ref _passedTicks, by.Ticks));
            over = [.. _held.Where(timer => timer.Until <= passed)];
            _held.RemoveAll(over.Contains);
        }

        over.ForEach(static timer => timer.Fire());
    }

    /// <summary>Puts the time of day forward or back although no time passes.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref _aheadTicks, by.Ticks);

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow()
    {
        BeforeRead?.Invoke();
        return System.GetUtcNow() + Passed + Ahead;
    }

    /// <inheritdoc />
    public override long GetTimestamp()
    {
        BeforeTimestamp?.Invoke();
        return System.GetTimestamp() + (long)(Passed.TotalSeconds * TimestampFrequency);
    }

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (!HoldsWaits)
        {
            return System.CreateTimer(callback, state, dueTime, period);
        }

        lock (_held)
        {
            var timer = new HeldTimer(this, callback, state, dueTime == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : Passed + dueTime);
            _held.Add(timer);
            return timer;
        }
    }

    private sealed class HeldTimer(ShiftedTime owner, TimerCallback callback, object? state, TimeSpan until) : ITimer
    {
        public TimeSpan Until => until;

        public void Fire() => callback(state);

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
