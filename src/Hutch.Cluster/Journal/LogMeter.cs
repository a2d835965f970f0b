using System.Diagnostics.Metrics;

namespace Hutch.Cluster.Journal;

internal sealed class LogMeter : IDisposable
{
    private readonly Meter _meter = new("Hutch.Cluster.Log");
    private readonly Histogram<double> _turns;
    private readonly Histogram<double> _commits;
    private readonly Counter<long> _lost;

    /// <param name="lag">The number of records of other servers that this server has not applied.</param>
    public LogMeter(Func<long> lag)
    {
        _turns = _meter.CreateHistogram<double>("hutch.cluster.turn.seconds", "s", "Time until the head of the log was locked");
        _commits = _meter.CreateHistogram<double>("hutch.cluster.commit.seconds", "s", "Time from the lock to the commit's answer");
        _lost = _meter.CreateCounter<long>(
            "hutch.cluster.commits.failed", description: "Appends that were refused or lost");
        _meter.CreateObservableGauge("hutch.cluster.lag.records", lag, description: "Records of others that are not applied yet");
    }

    public void Taken(TimeSpan took) => _turns.Record(took.TotalSeconds);

    public void Committed(TimeSpan took) => _commits.Record(took.TotalSeconds);

    public void Failed(Exception e) =>
        _lost.Add(1, new KeyValuePair<string, object?>("outcome", e is StorageRefusedException ? "refused" : "unknown"));

    public void Dispose() => _meter.Dispose();
}
