using System.Collections.Concurrent;

namespace Hutch.Testing.Clocks;

/// <summary>The system's clock, but every wait with an end ends at once. The clock does not see the time that was skipped.</summary>
public sealed class InstantTime : TimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _waits = new();

    /// <summary>The lengths of the waits so far, in order.</summary>
    public IReadOnlyCollection<TimeSpan> Waits => _waits;

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan)
        {
            return System.CreateTimer(callback, state, dueTime, period);
        }

        _waits.Enqueue(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
