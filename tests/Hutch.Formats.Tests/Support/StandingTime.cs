namespace Hutch.Formats.Tests.Support;

/// <summary>A clock whose timers wait until they are told that their time has come.</summary>
internal sealed class StandingTime : TimeProvider
{
    private readonly List<ITimer> _timers = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timers.Add(timer);
        return timer;
    }

    public void EndWaits() => _timers.ForEach(static timer => timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
}
