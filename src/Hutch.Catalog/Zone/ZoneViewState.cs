using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Catalog.Zone;

/// <summary>Whether this zone is the view of another one, and how long ago that was last heard.</summary>
public sealed class ZoneViewState
{
    private static readonly TimeSpan Oldest = TimeSpan.FromHours(24);

    private readonly ZoneTime _time;
    private volatile JoinedZoneRecord? _joined;
    private long _heardAt;

    internal ZoneViewState(ZoneTime time) => _time = time;

    /// <summary>The zone whose view it is; null where it is a zone itself.</summary>
    public JoinedZoneRecord? Joined => _joined;

    /// <summary>Why accounts, names and rights cannot be changed here; null where they can.</summary>
    public HutchError? Refusal => _joined is { } zone
        ? (ErrorCode.Unprocessable with { Advice = "Do it at the zone. Other sites see it within seconds." }).With(
            $"This server is the site {zone.SiteName} of a zone, which alone changes accounts, names and rights.")
        : null;

    /// <summary>For how long nothing was heard of the zone, by a clock that nobody sets; null where this is a zone itself.</summary>
    public TimeSpan? SilentFor => _joined is null ? null : _time.GetElapsedTime(Volatile.Read(ref _heardAt));

    /// <summary>Whether nothing was heard for so long that nobody may be let in by what is known of the zone.</summary>
    public bool IsOutdated => SilentFor > Oldest;

    /// <summary>How far the zone's clock is ahead of this machine's; negative for behind.</summary>
    public TimeSpan ClockAhead => _time.Ahead;

    /// <summary>Notes that the zone was heard now.</summary>
    /// <param name="zoneNow">What time it is there.</param>
    public void Hear(DateTimeOffset zoneNow)
    {
        _time.Set(zoneNow);
        Volatile.Write(ref _heardAt, _time.GetTimestamp());
    }

    internal void Begin(JoinedZoneRecord joined, DateTimeOffset? heardAt, TimeSpan clockAhead)
    {
        _time.SetAhead(clockAhead);
        TimeSpan age = _time.GetUtcNow() - (heardAt ?? joined.JoinedAt);
        Volatile.Write(
            ref _heardAt, _time.GetTimestamp() - (long)(Math.Max(0, age.TotalSeconds) * _time.TimestampFrequency));
        _joined = joined;
    }
}
