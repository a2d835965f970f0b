namespace Hutch.Catalog.Zone;

/// <summary>
/// The moment for which a request sees the zone. The first check during the request queries the database, and later checks reuse that
/// answer. A request that lasts longer than <see cref="Lasts"/> queries at each check from then on.
/// </summary>
/// <remarks>
/// It flows with the asynchronous context of the request, so that no call must pass it, and ends with the request. Tasks that outlive the
/// request query for themselves.
/// </remarks>
internal sealed class RequestReadPoint : IDisposable
{
    /// <summary>The time for which one answer is valid.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromSeconds(1);

    private static readonly AsyncLocal<RequestReadPoint?> Now = new();

    private readonly IZoneEngine _zone;
    private readonly TimeProvider _time;
    private readonly long _began;
    private volatile bool _isAnswered;
    private volatile bool _isOver;

    private RequestReadPoint(IZoneEngine zone, TimeProvider time) => (_zone, _time, _began) = (zone, time, time.GetTimestamp());

    /// <summary>Begins a moment for the rest of this asynchronous flow.</summary>
    public static RequestReadPoint Begin(IZoneEngine zone, TimeProvider time) => Now.Value = new RequestReadPoint(zone, time);

    /// <summary>Returns that of the current request; null outside of requests to this zone, and after <see cref="Lasts"/>.</summary>
    public static RequestReadPoint? From(IZoneEngine zone) =>
        Now.Value is { _isOver: false } moment && ReferenceEquals(moment._zone, zone) && moment._time.GetElapsedTime(moment._began) < Lasts
            ? moment
            : null;

    /// <summary>True if the zone was queried since the request came.</summary>
    public bool IsAnswered => _isAnswered;

    /// <summary>Notes the answer to a query sent after the request came.</summary>
    public void NoteAnswer() => _isAnswered = true;

    public void Dispose() => _isOver = true;
}
