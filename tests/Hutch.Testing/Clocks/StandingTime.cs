namespace Hutch.Testing.Clocks;

/// <summary>
/// A clock that stands until a test advances it, so that the same run writes the same bytes. Its timers are those of the system: use
/// <see cref="ManualTime"/> where waits are to end when the clock advances.
/// </summary>
/// <param name="start">The first time that it shows.</param>
public sealed class StandingTime(DateTimeOffset start) : TimeProvider
{
    private long _ticks = start.UtcTicks;

    /// <summary>Starts at noon of a fixed day.</summary>
    public StandingTime()
        : this(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero))
    {
    }

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    /// <inheritdoc />
    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    /// <summary>Moves the clock.</summary>
    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
