namespace Hutch.Agent.Publishing;

/// <summary>The growth rate of a folder over the last minute. Thread-safe.</summary>
internal sealed class GrowthRate
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Queue<(DateTimeOffset Time, long Bytes)> _looks = [];
    private long _bytes;

    /// <summary>Notes how large it is; the same size again says nothing new.</summary>
    public void AddSample(DateTimeOffset now, long bytes)
    {
        lock (_lock)
        {
            Remove(now);
            if (_looks.Count == 0)
            {
                // From the size that it had before the window.
                _looks.Enqueue((now, _bytes == 0 ? bytes : _bytes));
            }

            _looks.Enqueue((now, bytes));
            _bytes = bytes;
        }
    }

    /// <summary>Bytes a second; 0 when it has not grown for as long, or shrank.</summary>
    public double At(DateTimeOffset now)
    {
        lock (_lock)
        {
            Remove(now);
            if (!_looks.TryPeek(out (DateTimeOffset Time, long Bytes) oldest))
            {
                return 0;
            }

            double seconds = Math.Max(1, (now - oldest.Time).TotalSeconds);
            return Math.Max(0, (_bytes - oldest.Bytes) / seconds);
        }
    }

    private void Remove(DateTimeOffset now)
    {
        // A time in the future was noted before the clock was set back.
        while (_looks.TryPeek(out (DateTimeOffset Time, long Bytes) oldest) && (now - oldest.Time > Window || oldest.Time > now))
        {
            _looks.Dequeue();
        }
    }
}
