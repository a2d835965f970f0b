namespace Hutch.Testing.Clocks;

/// <summary>
/// The system's clock, but a time limit has passed before the work that it limits begins: a timer calls back while it is created.
/// </summary>
public sealed class ExpiredTime : TimeProvider
{
    /// <summary>Whether limits have passed; timers are those of the system otherwise.</summary>
    public bool IsExpired { get; set; } = true;

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (!IsExpired)
        {
            return System.CreateTimer(callback, state, dueTime, period);
        }

        callback(state);
        return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
