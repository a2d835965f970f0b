namespace Hutch.Client.Tests.Fakes;

/// <summary>The real time of day, and waits that are over at once.</summary>
internal sealed class InstantTime : TimeProvider
{
    internal static InstantTime Instance { get; } = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
}
