namespace Hutch.Cli.Tests.DataLad;

/// <summary>Time that passes only when it is told to; waits that are over by then end. For one thread.</summary>
internal sealed class MovedTime : TimeProvider
{
    private readonly List<Wait> _waits = [];

    /// <summary>How much has passed.</summary>
    public TimeSpan Passed { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Passed.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Passed;

    public void Pass(TimeSpan time)
    {
        Passed += time;
        foreach (Wait wait in _waits.Where(wait => wait.End <= Passed).ToArray())
        {
            wait.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var wait = new Wait(this, () => callback(state));
        wait.Change(dueTime, period);
        _waits.Add(wait);
        return wait;
    }

    private sealed class Wait(MovedTime time, Action fire) : ITimer
    {
        public TimeSpan End { get; private set; }

        public void Fire()
        {
            End = TimeSpan.MaxValue;
            fire();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            End = dueTime == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : time.Passed + dueTime;
            return true;
        }

        public void Dispose() => time._waits.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
