namespace Hutch.Federation.Links;

/// <summary>Notes that a site did not answer, so that the requests of the next moment do not wait for it, too. Thread-safe.</summary>
/// <param name="awayFor">The time after which it is asked again.</param>
internal sealed class AwayMark(TimeSpan awayFor, TimeProvider time)
{
    private readonly Lock _gate = new();
    private HutchError? _error;
    private long _at;

    /// <summary>The reason not to ask; null if a request is worthwhile.</summary>
    public HutchError? Away
    {
        get
        {
            lock (_gate)
            {
                return _error is not null && time.GetElapsedTime(_at) < awayFor ? _error : null;
            }
        }
    }

    /// <param name="error">The reason why a request got no answer; null if it was answered.</param>
    public void Record(HutchError? error)
    {
        lock (_gate)
        {
            (_error, _at) = (error, time.GetTimestamp());
        }
    }
}
