namespace Hutch.Cluster.Tests.Folders;

/// <summary>A clock that only waits between looks move: each ends at once. Limits of requests never come.</summary>
internal sealed class PollingTime : TimeProvider
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly DateTimeOffset _start = System.GetUtcNow();
    private long _passed;

    /// <summary>The sum of the waits.</summary>
    public TimeSpan Passed => new(Interlocked.Read(ref _passed));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _start + Passed;

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public void Pass(TimeSpan time) => Interlocked.Add(ref _passed, time.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > LongestWait || dueTime < TimeSpan.Zero)
        {
            return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        Pass(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
