namespace Hutch.Catalog.Zone;

/// <summary>
/// A request is judged by the zone as it was at one moment after it came: whoever asks first during the request asks the database, and the
/// others go by that answer. A request that lasts for longer than <see cref="Lasts"/> asks each time from then on.
/// </summary>
/// <remarks>
/// It goes with the flow of the request, so that no call in between must carry it, and ends with the request: what the request has
/// begun and left behind asks for itself.
/// </remarks>
internal sealed class RequestMoment : IDisposable
{
    /// <summary>As long as a request is as good as one moment.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromSeconds(1);

    private static readonly AsyncLocal<RequestMoment?> Now = new();

    private readonly IZoneEngine _zone;
    private readonly TimeProvider _time;
    private readonly long _began;
    private volatile bool _isAnswered;
    private volatile bool _isOver;

    private RequestMoment(IZoneEngine zone, TimeProvider time) => (_zone, _time, _began) = (zone, time, time.GetTimestamp());

    /// <summary>Begins one that the rest of this flow goes by.</summary>
    public static RequestMoment Begin(IZoneEngine zone, TimeProvider time) => Now.Value = new RequestMoment(zone, time);

    /// <summary>The one of the current request; null outside of requests to this zone, and after a while.</summary>
    public static RequestMoment? Of(IZoneEngine zone) =>
        Now.Value is { _isOver: false } moment && ReferenceEquals(moment._zone, zone) && moment._time.GetElapsedTime(moment._began) < Lasts
            ? moment
            : null;

    /// <summary>Whether the zone was asked since the request came.</summary>
    public bool IsAnswered => _isAnswered;

    /// <summary>Notes the answer to a question that was sent after the request came.</summary>
    public void NoteAnswer() => _isAnswered = true;

    public void Dispose() => _isOver = true;
}
