using System.Collections.Concurrent;

namespace Hutch.Api.Tests.Support;

/// <summary>The time of the machine, which can be set on: what waits for a moment that lies behind then goes on.</summary>
internal sealed class WakingTime : TimeProvider
{
    private readonly ConcurrentDictionary<Waiting, bool> _waiting = new();
    private long _aheadTicks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _aheadTicks));

    public void Jump(TimeSpan by)
    {
        Interlocked.Add(ref _aheadTicks, by.Ticks);
        foreach (Waiting one in _waiting.Keys)
        {
            one.Wake();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var waiting = new Waiting(this);
        waiting.Begin(base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan), dueTime, period);
        return waiting;
    }

    private sealed class Waiting(WakingTime owner) : ITimer
    {
        private ITimer _timer = null!;
        private long _dueTicks;
        private TimeSpan _period;

        public void Begin(ITimer timer, TimeSpan dueTime, TimeSpan period)
        {
            _timer = timer;
            owner._waiting[this] = true;
            Change(dueTime, period);
        }

        public void Wake()
        {
            if (Interlocked.Read(ref _dueTicks) is var due && due <= owner.GetUtcNow().Ticks
                && Interlocked.CompareExchange(ref _dueTicks, long.MaxValue, due) == due)
            {
                _timer.Change(TimeSpan.Zero, _period);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            Interlocked.Exchange(ref _dueTicks, dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : (owner.GetUtcNow() + dueTime).Ticks);
            return _timer.Change(dueTime, period);
        }

        public void Dispose()
        {
            owner._waiting.TryRemove(this, out _);
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            owner._waiting.TryRemove(this, out _);
            return _timer.DisposeAsync();
        }
    }
}
