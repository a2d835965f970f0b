namespace Hutch.Client.Http;

/// <summary>Bounds how long all requests of one client wait for a server that is away. Safe for use by several threads.</summary>
/// <param name="wait">The longest wait since the server last answered; zero for none.</param>
/// <param name="tell">Called once when an outage begins, and once when it ends.</param>
internal sealed class ServerOutage(string server, TimeSpan wait, TimeProvider time, Action<string>? tell)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private long? _since;
    private volatile bool _isAway;
    private volatile bool _hasAnswered;

    /// <summary>The delay before another attempt; null if the server was away for as long as the wait allows.</summary>
    /// <param name="unknownName">True if the server's name has no address: before any answer, it is taken for a misspelt one.</param>
    internal TimeSpan? DelayAfterFailure(bool unknownName)
    {
        if (wait == TimeSpan.Zero || (unknownName && !_hasAnswered))
        {
            return null;
        }

        lock (_gate)
        {
            if (_since is null)
            {
                _since = time.GetTimestamp();
                _isAway = true;
                tell?.Invoke($"{server} does not answer; waiting up to {Text(wait)}.");
            }

            TimeSpan left = wait - time.GetElapsedTime(_since.Value);
            return left <= TimeSpan.Zero ? null : left < Interval ? left : Interval;
        }
    }

    /// <summary>True if the wait is over and the server has not answered since.</summary>
    internal bool IsOver
    {
        get
        {
            lock (_gate)
            {
                return _since is { } since && time.GetElapsedTime(since) >= wait;
            }
        }
    }

    internal void Answered()
    {
        _hasAnswered = true;
        if (!_isAway)
        {
            return;
        }

        lock (_gate)
        {
            if (_since is not null)
            {
                (_since, _isAway) = (null, false);
                tell?.Invoke($"{server} answers again.");
            }
        }
    }

    private static string Text(TimeSpan span) => span.TotalMinutes >= 1 ? $"{span.TotalMinutes:0.#} min" : $"{span.TotalSeconds:0} s";
}
