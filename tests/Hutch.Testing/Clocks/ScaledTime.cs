namespace Hutch.Testing.Clocks;

/// <summary>A clock by which spans are a multiple of the real ones. The time of day is that of the system.</summary>
/// <param name="rate">The seconds that it measures in a real one.</param>
public sealed class ScaledTime(double rate) : TimeProvider
{
    /// <summary>Whether waits follow the clock; otherwise they last as long as in real time.</summary>
    public bool ScalesWaits { get; init; }

    /// <inheritdoc />
    public override long TimestampFrequency => (long)(System.TimestampFrequency / rate);

    /// <inheritdoc />
    public override long GetTimestamp() => System.GetTimestamp();

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Scale(dueTime), Scale(period));

    private TimeSpan Scale(TimeSpan span) => ScalesWaits && span != Timeout.InfiniteTimeSpan ? span / rate : span;
}
