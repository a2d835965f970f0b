namespace Hutch.Federation.Traffic;

/// <summary>The bytes that this server received from one other site and sent to it. Thread-safe.</summary>
internal sealed class PeerTraffic(TimeProvider time)
{
    private const int NowSeconds = 10;
    private const int DayQuarters = 96;

    private readonly Lock _gate = new();
    private readonly long _began = time.GetTimestamp();
    private readonly TrafficWindow _now = new(NowSeconds, TimeSpan.FromSeconds(1));
    private readonly TrafficWindow _day = new(DayQuarters, TimeSpan.FromMinutes(15));

    public void Add(long received, long sent)
    {
        if (received + sent > 0)
        {
            lock (_gate)
            {
                TimeSpan now = Now();
                _now.Add(now, received, sent);
                _day.Add(now, received, sent);
            }
        }
    }

    /// <summary>Bytes a second received and sent in the last ten seconds, and bytes of the last day.</summary>
    public (double ReceivedPerSecond, double SentPerSecond, long ReceivedDay, long SentDay) Read()
    {
        lock (_gate)
        {
            TimeSpan now = Now();
            (long received, long sent) = _now.Sum(now);
            (long receivedDay, long sentDay) = _day.Sum(now);
            return ((double)received / NowSeconds, (double)sent / NowSeconds, receivedDay, sentDay);
        }
    }

    // No slot has the number 0, which empty ones have.
    private TimeSpan Now() => time.GetElapsedTime(_began) + TimeSpan.FromDays(1);
}
