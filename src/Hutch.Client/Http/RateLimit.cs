namespace Hutch.Client.Http;

/// <summary>Spreads bytes over time, so that no more than so many pass in a second. Thread-safe.</summary>
public sealed class RateLimit
{
    /// <summary>The least that can be asked for: slower, and servers end requests for their silence.</summary>
    public const long MinBytesPerSecond = 10_000;

    private const int MinPiece = 1024;
    private const int MaxPiece = 64 * 1024;
    private const int PiecesPerSecond = 20;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly long _bytesPerSecond;
    private double _nextFree;

    public RateLimit(long bytesPerSecond, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        (_bytesPerSecond, _time) = (Math.Max(bytesPerSecond, MinBytesPerSecond), time);
        PieceBytes = (int)Math.Clamp(_bytesPerSecond / PiecesPerSecond, MinPiece, MaxPiece);
    }

    /// <summary>The bytes that pass at once.</summary>
    internal int PieceBytes { get; }

    /// <summary>Returns when so many bytes may pass. Time in which nothing passed is not made up for.</summary>
    internal async ValueTask WaitAsync(int bytes, CancellationToken cancellationToken)
    {
        double seconds;
        lock (_gate)
        {
            double now = _time.GetTimestamp() / (double)_time.TimestampFrequency;
            _nextFree = Math.Max(_nextFree, now);
            seconds = _nextFree - now;
            _nextFree += (double)bytes / _bytesPerSecond;
        }

        if (seconds > 0)
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds), _time, cancellationToken);
        }
    }
}
