namespace Hutch.Site.Platform.Fairness;

/// <summary>The datasets with recent captures. Thread-safe.</summary>
public sealed class CaptureLoads(TimeProvider time)
{
    private const int MaxDatasets = 200;

    private static readonly TimeSpan RememberFor = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<DatasetId, Capture> _captures = [];

    /// <summary>Returns the recent captures, in order of their last write, newest first.</summary>
    public IReadOnlyList<CaptureLoad> Read()
    {
        lock (_gate)
        {
            DateTimeOffset forgotten = time.GetUtcNow() - RememberFor;
            return
            [
                .. _captures.Where(known => known.Value.Last > forgotten).OrderByDescending(known => known.Value.Last).Select(known =>
                    new CaptureLoad(
                        known.Key, known.Value.User, known.Value.Count, known.Value.Counts.PerSecond, (long)known.Value.Bytes.PerSecond,
                        known.Value.Last)),
            ];
        }
    }

    internal void Add(DatasetId dataset, string user, long bytes)
    {
        lock (_gate)
        {
            if (!_captures.TryGetValue(dataset, out Capture? capture))
            {
                if (_captures.Count >= MaxDatasets)
                {
                    _captures.Remove(_captures.MinBy(known => known.Value.Last).Key);
                }

                capture = new Capture(user, time);
                _captures.Add(dataset, capture);
            }

            capture.Count++;
            capture.Counts.Add(1);
            capture.Bytes.Add(bytes);
            capture.Last = time.GetUtcNow();
        }
    }

    private sealed class Capture(string user, TimeProvider time)
    {
        public string User => user;

        public RecentRate Counts { get; } = new(time);

        public RecentRate Bytes { get; } = new(time);

        public long Count { get; set; }

        public DateTimeOffset Last { get; set; }
    }
}

/// <param name="Entries">Entries that came since the server started.</param>
/// <param name="EntriesPerSecond">Entries a second, over the last ten seconds.</param>
/// <param name="BytesPerSecond">Bytes a second, over the last ten seconds.</param>
public sealed record CaptureLoad(
    DatasetId Dataset, string User, long Entries, double EntriesPerSecond, long BytesPerSecond, DateTimeOffset Last);
