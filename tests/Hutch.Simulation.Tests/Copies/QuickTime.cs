namespace Hutch.Simulation.Tests.Copies;

/// <summary>A clock on which waits are short.</summary>
internal sealed class QuickTime : TimeProvider
{
    private const int Times = 100;

    public override long TimestampFrequency => System.TimestampFrequency / Times;

    public override long GetTimestamp() => System.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => System.CreateTimer(
        callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : dueTime / Times, period == Timeout.InfiniteTimeSpan ? period : period / Times);
}
