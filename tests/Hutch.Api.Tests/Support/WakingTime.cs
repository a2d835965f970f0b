using System.Collections.Concurrent;

namespace Hutch.Api.Tests.Support;

/// <summary>
/// The time of the machine, but for timers that a test lets ring before their time: to these alone, it is then as late as they were to
/// ring. Whatever else looks at a clock, such as servers that share a site, sees no jump.
/// </summary>
internal sealed class WakingTime : TimeProvider
{
    [ThreadStatic]
    private static TimeSpan _ahead;

    private readonly ConcurrentDictionary<Waiting, bool> _waiting = new();

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;

    /// <summary>Lets those ring that were set to this time, and comes back when they have.</summary>
    public void Wake(TimeSpan dueTime)
    {
        foreach (Waiting one in _waiting.Keys.Where(one => one.DueTime == dueTime))
        {
            _ahead = dueTime;
            try
            {
                one.Ring();
            }
            finally
            {
                _ahead = TimeSpan.Zero;
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var waiting = new Waiting(this, base.CreateTimer(callback, state, dueTime, period), () => callback(state), dueTime);
        _waiting[waiting] = true;
        return waiting;
    }

    private sealed class Waiting(WakingTime owner, ITimer timer, Action ring, TimeSpan dueTime) : ITimer
    {
        public TimeSpan DueTime => dueTime;

        public void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            owner._waiting.TryRemove(this, out _);
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            owner._waiting.TryRemove(this, out _);
            return timer.DisposeAsync();
        }
    }
}
