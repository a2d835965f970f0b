namespace Hutch.Catalog.Zone;

/// <summary>The state of a view of another zone, if this is one, and the time since the last contact with that zone.</summary>
public sealed class ZoneViewState
{
    private static readonly TimeSpan Oldest = TimeSpan.FromHours(24);

    private readonly ZoneTime _time;
    private volatile JoinedZoneRecord? _joined;
    private long _heardAt;

    internal ZoneViewState(ZoneTime time) => _time = time;

    /// <summary>The zone whose view this is; null if this is a zone itself.</summary>
    public JoinedZoneRecord? Joined => _joined;

    /// <summary>The reason why accounts, names and rights cannot be changed here; null if they can.</summary>
    public HutchError? Refusal => _joined is { } zone
        ? (ErrorCode.Unprocessable with { Advice = "Do it at the zone. Other sites see it within seconds." }).With(
            $"This server is the site {zone.SiteName} of a zone, which alone changes accounts, names and rights.")
        : null;

    /// <summary>The time since the last contact with the zone, by a monotonic clock; null if this is a zone itself.</summary>
    public TimeSpan? SilentFor => _joined is null ? null : _time.GetElapsedTime(Volatile.Read(ref _heardAt));

    /// <summary>True if the last contact is too long ago to admit callers by the view.</summary>
    public bool IsOutdated => SilentFor > Oldest;

    /// <summary>The lead of the zone's clock over this machine's; negative if it is behind.</summary>
    public TimeSpan ClockAhead => _time.Ahead;

    public void RecordContact(DateTimeOffset zoneNow)
    {
        _time.Set(zoneNow);
        Volatile.Write(ref _heardAt, _time.GetTimestamp());
    }

    internal void Begin(JoinedZoneRecord joined, DateTimeOffset? heardAt, TimeSpan clockAhead)
    {
        _time.SetAhead(clockAhead);
        Volatile.Write(ref _heardAt, TimestampOf(heardAt ?? joined.JoinedAt));
        _joined = joined;
    }

    /// <summary>Takes over a later contact of another server of the site, whose view this is, too.</summary>
    public void AdoptContact(DateTimeOffset heardAt) =>
        Volatile.Write(ref _heardAt, Math.Max(TimestampOf(heardAt), Volatile.Read(ref _heardAt)));

    /// <summary>Returns the monotonic timestamp of a time in the past.</summary>
    private long TimestampOf(DateTimeOffset at) =>
        _time.GetTimestamp() - (long)(Math.Max(0, (_time.GetUtcNow() - at).TotalSeconds) * _time.TimestampFrequency);
}
