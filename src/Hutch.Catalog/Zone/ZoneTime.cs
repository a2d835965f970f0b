namespace Hutch.Catalog.Zone;

/// <summary>
/// The clock for the begin and end of rights. In a zone it is the machine's. At a joined site, it continues from the zone's last reported
/// time, even if the machine's clock is set. The machine measures time spans.
/// </summary>
internal sealed class ZoneTime(TimeProvider machine) : TimeProvider
{
    private volatile Anchor? _anchor;

    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    public override long TimestampFrequency => machine.TimestampFrequency;

    /// <summary>The lead of the zone's clock over the machine's; negative if it is behind.</summary>
    public TimeSpan Ahead => GetUtcNow() - machine.GetUtcNow();

    public void Set(DateTimeOffset now) => _anchor = new Anchor(now, machine.GetTimestamp());

    /// <summary>Sets the lead of the zone's clock at the last contact.</summary>
    public void SetAhead(TimeSpan ahead) => Set(machine.GetUtcNow() + ahead);

    public override DateTimeOffset GetUtcNow() =>
        _anchor is { } anchor ? anchor.Now + machine.GetElapsedTime(anchor.At) : machine.GetUtcNow();

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    private sealed record Anchor(DateTimeOffset Now, long At);
}
