namespace Hutch.Site.Platform.Fairness;

/// <summary>An amount per second, over the last ten whole seconds. Thread-safe.</summary>
public sealed class RecentRate(TimeProvider time)
{
    private const int Seconds = 10;

    private readonly Lock _lock = new();

    // The seconds that count, and the one that is not over.
    private readonly long[] _amounts = new long[Seconds + 1];
    private readonly long[] _second = new long[Seconds + 1];

    /// <summary>The mean of the last ten whole seconds, per second.</summary>
    public double PerSecond
    {
        get
        {
            long now = Now();
            lock (_lock)
            {
                long sum = 0;
                for (int i = 0; i < _amounts.Length; i++)
                {
                    sum += _second[i] < now && _second[i] >= now - Seconds ? _amounts[i] : 0;
                }

                return (double)sum / Seconds;
            }
        }
    }

    public void Add(long amount)
    {
        long now = Now();
        int slot = (int)(now % _amounts.Length);
        lock (_lock)
        {
            if (_second[slot] != now)
            {
                (_second[slot], _amounts[slot]) = (now, 0);
            }

            _amounts[slot] += amount;
        }
    }

    // From 1 on, so that a slot that was never used is no second.
    private long Now() => 1 + (time.GetTimestamp() / time.TimestampFrequency);
}
