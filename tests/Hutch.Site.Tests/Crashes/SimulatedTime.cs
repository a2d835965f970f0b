namespace Hutch.Site.Tests.Crashes;

/// <summary>A clock that stands still until it is set forward, so that the same run writes the same bytes.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public void Advance(TimeSpan by) => _now += by;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;
}
