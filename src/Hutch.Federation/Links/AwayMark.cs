namespace Hutch.Federation.Links;

/// <summary>Notes that a site did not answer, so that the requests of the next moment do not wait for it, too. Thread-safe.</summary>
internal sealed class AwayMark(TimeProvider time)
{
    private static readonly TimeSpan AwayFor = TimeSpan.FromSeconds(5);

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
                return _error is not null && time.GetElapsedTime(_at) < AwayFor ? _error : null;
            }
        }
    }

    /// <param name="error">The outcome of a request; null for an answer.</param>
    public void Record(HutchError? error)
    {
        lock (_gate)
        {
            _error = error?.Code == ErrorCode.Unavailable ? error : null;
            _at = time.GetTimestamp();
        }
    }
}
