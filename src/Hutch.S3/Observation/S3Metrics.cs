using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Hutch.S3.Observation;

/// <summary>The metrics of the door: requests by operation and outcome, bytes of objects, durations. Thread-safe.</summary>
/// <remarks>Counted here and formatted on demand: a request costs two additions, not a line of text.</remarks>
internal sealed class S3Metrics : IDisposable
{
    private readonly Meter _meter = new("Hutch.S3");
    private readonly ConcurrentDictionary<(string Operation, string Code), Tally> _tallies = new();
    private readonly Histogram<double> _seconds;

    public S3Metrics()
    {
        _meter.CreateObservableCounter(
            "hutch.s3.requests", ByOutcome, description: "Requests answered at the S3 door, by operation and error code");
        _meter.CreateObservableCounter(
            "hutch.s3.received.bytes", () => ByOperation(static tally => tally.Received), "By", "Bytes of objects that came in");
        _meter.CreateObservableCounter(
            "hutch.s3.sent.bytes", () => ByOperation(static tally => tally.Sent), "By", "Bytes of objects that went out");
        _seconds = _meter.CreateHistogram<double>("hutch.s3.request.seconds", "s", "Time until a request at the S3 door was answered");
    }

    public void Count(RequestTally request, TimeSpan took)
    {
        Tally tally = _tallies.GetOrAdd((request.Operation, request.Code), static _ => new Tally());
        tally.Add(request.Received, request.Sent);
        _seconds.Record(took.TotalSeconds);
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> ByOutcome() => _tallies.Select(pair => new Measurement<long>(
        pair.Value.Requests,
        new KeyValuePair<string, object?>("operation", pair.Key.Operation),
        new KeyValuePair<string, object?>("code", pair.Key.Code)));

    private IEnumerable<Measurement<long>> ByOperation(Func<Tally, long> bytes) => _tallies
        .GroupBy(pair => pair.Key.Operation, pair => bytes(pair.Value), StringComparer.Ordinal)
        .Select(group => (Operation: group.Key, Bytes: group.Sum()))
        .Where(sum => sum.Bytes > 0)
        .Select(sum => new Measurement<long>(sum.Bytes, new KeyValuePair<string, object?>("operation", sum.Operation)));

    private sealed class Tally
    {
        private long _requests;
        private long _received;
        private long _sent;

        public long Requests => Volatile.Read(ref _requests);

        public long Received => Volatile.Read(ref _received);

        public long Sent => Volatile.Read(ref _sent);

        public void Add(long received, long sent)
        {
            Interlocked.Increment(ref _requests);
            Interlocked.Add(ref _received, received);
            Interlocked.Add(ref _sent, sent);
        }
    }
}
