namespace Hutch.Catalog.Zone;

/// <summary>
/// The clock by which rights begin and end. At a zone it is the machine's; at a site that has joined one, it goes on from what the zone
/// said last, whatever the machine's clock is set to. Spans are measured by the machine.
/// </summary>
internal sealed class ZoneTime(TimeProvider machine) : TimeProvider
{
    private volatile Anchor? _anchor;

    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    public override long TimestampFrequency => machine.TimestampFrequency;

    /// <summary>How far the zone is ahead of the machine; negative for behind.</summary>
    public TimeSpan Ahead => GetUtcNow() - machine.GetUtcNow();

    /// <summary>It is this time at the zone.</summary>
    public void Set(DateTimeOffset now) => _anchor = new Anchor(now, machine.GetTimestamp());

    /// <summary>The zone was so far ahead of the machine when it was last heard.</summary>
    public void SetAhead(TimeSpan ahead) => Set(machine.GetUtcNow() + ahead);

    public override DateTimeOffset GetUtcNow() =>
        _anchor is { } anchor ? anchor.Now + machine.GetElapsedTime(anchor.At) : machine.GetUtcNow();

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    private sealed record Anchor(DateTimeOffset Now, long At);
}
