using System.Diagnostics.Metrics;

namespace Hutch.Storage.Segments;

/// <summary>The store's metrics: meter <c>Hutch.Storage</c>.</summary>
internal sealed class StorageMeter : IDisposable
{
    private readonly Meter _meter = new("Hutch.Storage");
    private readonly Counter<long> _groups;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _abandoned;
    private readonly Counter<long> _quarantined;
    private readonly Histogram<double> _commits;

    public StorageMeter(SegmentStore store)
    {
        _groups = _meter.CreateCounter<long>("hutch.storage.groups", description: "Groups made durable, by lane");
        _bytes = _meter.CreateCounter<long>("hutch.storage.group.bytes", "By", "Bytes of these groups, headers included");
        _abandoned = _meter.CreateCounter<long>("hutch.storage.abandoned", description: "Segments given up after a failed write or sync");
        _quarantined = _meter.CreateCounter<long>("hutch.storage.quarantined", description: "Members found damaged");
        _commits = _meter.CreateHistogram<double>("hutch.storage.commit.seconds", "s", "Time of a group's write and sync");
        _meter.CreateObservableGauge("hutch.storage.segments", () => (long)store.SegmentCount, description: "Segments of the store");
        _meter.CreateObservableGauge(
            "hutch.storage.damaged.members",
            () => (long)store.Quarantined.Count,
            description: "Members in quarantine, healed ones included");
        _meter.CreateObservableGauge(
            "hutch.storage.lost.segments", () => (long)store.LostSegments.Count, description: "Segment files that are missed");
        _meter.CreateObservableGauge(
            "hutch.storage.free.bytes", () => MeasureFree(store), "By", "Free space of the disk");
    }

    public Meter Instance => _meter;

    public void Committed(Lane lane, long bytes, TimeSpan took)
    {
        // One series for all transient lanes: each day would be a new one for ever.
        var tag = new KeyValuePair<string, object?>("lane", lane.IsTransient ? "transient" : lane.Name);
        _groups.Add(1, tag);
        _bytes.Add(bytes, tag);
        _commits.Record(took.TotalSeconds, tag);
    }

    public void Abandoned() => _abandoned.Add(1);

    public void Quarantined(int members) => _quarantined.Add(members);

    public void Dispose() => _meter.Dispose();

    // A disk that is away has no free space to report. The other metrics matter most then.
    private static IEnumerable<Measurement<long>> MeasureFree(SegmentStore store)
    {
        try
        {
            return [new(store.Disk.Space(store.Folder).FreeBytes)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
