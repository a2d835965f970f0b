namespace Hutch.Storage.Tests;

/// <summary>A clock that stands still but for the waits, which are over at once and as long as they were wanted.</summary>
public sealed class RestingTime : TimeProvider
{
    private long _restedTicks;

    /// <summary>How long was waited.</summary>
    public TimeSpan Rested => new(Interlocked.Read(ref _restedTicks));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _restedTicks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Add(ref _restedTicks, dueTime.Ticks);
        return base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
