using System.Collections.Concurrent;
using Hutch.Model.Site;
using Hutch.Site.Engines.Segments;
using Hutch.Site.Platform.Fairness;

namespace Hutch.Buckets.Nearline;

/// <summary>
/// The recall of segments from nearline storage: each once, however many readers wait; in the order of the media; a bounded number at a
/// time, and no more than the cache has space for. The queue outlasts a stop.
/// </summary>
internal sealed class SegmentRecalls : IOfflineSegments, IAsyncDisposable
{
    private const int MaxQueued = 100_000;

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<long, StoredSegment> _segments = new();
    private readonly BucketDisk _disk;
    private readonly RecallQueue _queue;
    private readonly NearlineSettings _settings;
    private readonly long _cacheBytes;
    private readonly RecallPump _pump;
    private readonly TimeProvider _time;
    private readonly HashSet<string> _lost = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = NewSignal();

    public SegmentRecalls(
        IDisk inner, string dataFolder, BucketDisk disk, FolderRecord record, INearline nearline, FolderSettings settings,
        TimeProvider time, ILogger logger)
    {
        (_disk, _settings, _cacheBytes, _time) = (disk, settings.Nearline!, settings.WholeBytes, time);
        _queue = new RecallQueue(inner, dataFolder);
        foreach (StoredSegment segment in record.Live)
        {
            Note(segment);
        }

        _pump = new RecallPump(inner, dataFolder, this, disk, nearline, settings, time, logger);
        lock (_gate)
        {
            // Those that came back before a stop.
            _queue.Change(
                [.. _queue.Queued.Where(line => disk.HasLocal(line.Segment)).Select(Arrived)],
                [.. _queue.Queued.Where(line => Find(line.Segment) is null).Select(static line => line.Segment)]);
        }
    }

    /// <summary>The reason why recalls fail, a sentence; null if they do not.</summary>
    public string? Trouble => _pump.Trouble;

    /// <summary>The segments that nearline storage has lost.</summary>
    public IReadOnlyList<string> Lost
    {
        get
        {
            lock (_gate)
            {
                return [.. _lost];
            }
        }
    }

    /// <summary>The bytes of segments on the local disk that must stay there.</summary>
    public long KeptBytes
    {
        get
        {
            lock (_gate)
            {
                return _segments.Values.Where(segment => IsKept(segment.Segment) && _disk.HasLocal(segment.Segment))
                    .Sum(static segment => segment.Bytes);
            }
        }
    }

    /// <summary>Continues the recalls that a stop interrupted.</summary>
    public void Resume() => _pump.Wake();

    /// <summary>Notes a segment that the bucket or nearline storage has.</summary>
    public void Note(StoredSegment segment)
    {
        if (segment.IsNearline)
        {
            _segments[SegmentInspection.NumberOf(segment.Segment)] = segment;
        }
    }

    /// <summary>Forgets a segment that was retired.</summary>
    public void Forget(string segment)
    {
        if (_segments.TryRemove(SegmentInspection.NumberOf(segment), out _))
        {
            lock (_gate)
            {
                if (_queue.Find(segment) is not null)
                {
                    _queue.Change([], [segment]);
                }
            }

            Signal();
        }
    }

    /// <summary>Returns true if a segment must stay on the local disk now.</summary>
    public bool MustStay(string segment)
    {
        lock (_gate)
        {
            return IsKept(segment);
        }
    }

    public bool IsOffline(long segment) => _segments.TryGetValue(segment, out StoredSegment? stored) && !_disk.HasLocal(stored.Segment);

    public RecallState Find(IReadOnlySet<long> segments)
    {
        lock (_gate)
        {
            return Describe(Mine(segments));
        }
    }

    public RecallState Request(IReadOnlySet<long> segments, DateTimeOffset? until)
    {
        RecallState state;
        lock (_gate)
        {
            List<StoredSegment> mine = Mine(segments);
            if (mine.Find(segment => _lost.Contains(segment.Segment)) is { } lost)
            {
                throw ErrorCode.Quarantined.With(
                    $"The segment {lost.Segment} is missing in nearline storage. The operator may find it there as {lost.Object}.")
                    .ToException();
            }

            RequireSpace(mine, until);
            Queue(mine, until);
            state = Describe(mine);
        }

        _pump.Wake();
        return state;
    }

    public RecallState Release(IReadOnlySet<long> segments)
    {
        lock (_gate)
        {
            List<StoredSegment> mine = Mine(segments);
            _queue.Change([], mine.Select(static segment => segment.Segment).Where(segment => !_pump.IsUnderWay(segment)));
            return Describe(mine);
        }
    }

    public async Task BringAsync(IReadOnlySet<long> segments, CancellationToken ct)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                List<StoredSegment> offline = [.. Mine(segments).Where(segment => !_disk.HasLocal(segment.Segment))];
                if (offline.Count == 0)
                {
                    return;
                }

                if (offline.Find(segment => _lost.Contains(segment.Segment)) is { } lost)
                {
                    throw Missing(lost);
                }

                Queue(offline, null);
                changed = _changed.Task;
            }

            _pump.Wake();
            await changed.WaitAsync(ct);
        }
    }

    /// <summary>
    /// Recalls segments together, in the order of the media, through a cache that need not hold all of them. Returns after the last one.
    /// </summary>
    /// <param name="came">Called for each when it is on the local disk; afterwards it may be removed there.</param>
    public async Task BringEachAsync(IReadOnlyList<StoredSegment> segments, Func<StoredSegment, Task> came, CancellationToken ct)
    {
        List<StoredSegment> open = [.. segments];
        while (open.Count > 0)
        {
            Task changed;
            lock (_gate)
            {
                if (open.Find(segment => _lost.Contains(segment.Segment)) is { } lost)
                {
                    throw Missing(lost);
                }

                Queue(open, null);
                changed = _changed.Task;
            }

            _pump.Wake();
            foreach (StoredSegment segment in open.Where(segment => _disk.HasLocal(segment.Segment)).ToList())
            {
                await came(segment);
                open.Remove(segment);
                lock (_gate)
                {
                    _queue.Change([], [segment.Segment]);
                }

                Signal();
            }

            await changed.WaitAsync(ct);
        }
    }

    public ValueTask DisposeAsync() => _pump.DisposeAsync();

    /// <summary>Returns the segments to recall, with their names in nearline storage.</summary>
    internal List<StoredSegment> Wanted()
    {
        lock (_gate)
        {
            return [.. _queue.Queued.Select(line => Find(line.Segment)).OfType<StoredSegment>()];
        }
    }

    /// <summary>Notes that a segment is on the local disk.</summary>
    internal void Came(StoredSegment segment)
    {
        lock (_gate)
        {
            _lost.Remove(segment.Segment);
            _queue.Change([Arrived(_queue.Find(segment.Segment) ?? new RecallLine(segment.Segment, null, true))], []);
        }

        Signal();
    }

    /// <summary>Notes that nearline storage does not have a segment.</summary>
    internal void NoteLost(StoredSegment segment)
    {
        lock (_gate)
        {
            _lost.Add(segment.Segment);
            _queue.Change([], [segment.Segment]);
        }

        Signal();
    }

    private static IOException Missing(StoredSegment lost) =>
        new($"The segment {lost.Segment} is missing in nearline storage, where it is {lost.Object}.");

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal() => Interlocked.Exchange(ref _changed, NewSignal()).SetResult();

    private StoredSegment? Find(string segment) => _segments.GetValueOrDefault(SegmentInspection.NumberOf(segment));

    private List<StoredSegment> Mine(IReadOnlySet<long> segments) =>
        [.. segments.Select(number => _segments.GetValueOrDefault(number)).OfType<StoredSegment>()];

    private bool IsKept(string segment) => _queue.Find(segment) is { } line && (line.IsQueued || line.Until > _time.GetUtcNow());

    /// <summary>A recalled segment stays long enough for those who waited for it.</summary>
    private RecallLine Arrived(RecallLine line)
    {
        DateTimeOffset least = _time.GetUtcNow() + _settings.Keep;
        return line with { IsQueued = false, Until = line.Until > least ? line.Until : least };
    }

    private void Queue(List<StoredSegment> segments, DateTimeOffset? until)
    {
        string? user = RequestScope.Current?.User;
        List<RecallLine> lines = [];
        foreach (StoredSegment segment in segments)
        {
            RecallLine? line = _queue.Find(segment.Segment);
            bool isLocal = _disk.HasLocal(segment.Segment);
            DateTimeOffset? end = line?.Until > until || until is null ? line?.Until : until;
            if ((isLocal && until is null) || (line is not null && line.Until == end && line.IsQueued == !isLocal))
            {
                continue;
            }

            lines.Add(new RecallLine(segment.Segment, end, !isLocal, line is { IsQueued: true } ? line.User : user));
        }

        if (_queue.Count + lines.Count(static line => line.IsQueued) > MaxQueued)
        {
            throw ErrorCode.Unavailable.With(
                $"More than {MaxQueued} segments wait to be recalled. Try again when there are fewer.").ToException();
        }

        if (user is not null && lines.Exists(line => line.IsQueued && line.User == user))
        {
            RequireShare(user, lines);
        }

        if (lines.Count > 0)
        {
            _queue.Change(lines, []);
        }
    }

    /// <summary>Keeps one account from filling the queue, in which others would wait behind it.</summary>
    private void RequireShare(string user, List<RecallLine> added)
    {
        int queued = _queue.Queued.Concat(added.Where(static line => line.IsQueued)).Where(line => line.User == user)
            .DistinctBy(static line => line.Segment).Count();
        if (queued > _settings.PerAccount)
        {
            throw (ErrorCode.TooManyRequests with
            {
                Advice = "Wait until some have come back. The operator can raise 'storage.bucket.nearline.recallsPerAccount'.",
            }).With($"Your account would wait for {queued} segments from nearline storage; the limit is {_settings.PerAccount}.")
                .ToException();
        }
    }

    /// <summary>Refuses a pin of more than the cache can keep.</summary>
    private void RequireSpace(List<StoredSegment> mine, DateTimeOffset? until)
    {
        if (until is null)
        {
            return;
        }

        HashSet<string> names = [.. mine.Select(static segment => segment.Segment)];
        long others = _segments.Values.Where(segment => !names.Contains(segment.Segment) && IsKept(segment.Segment))
            .Sum(static segment => segment.Bytes);
        long own = mine.Sum(static segment => segment.Bytes);
        if (others + own > _cacheBytes)
        {
            throw (ErrorCode.InsufficientStorage with
            {
                Advice = "Pin less, or wait until other pins end. The operator can raise 'storage.bucket.cacheBytes'.",
            }).With($"The site keeps at most {Display.Bytes(_cacheBytes)} of segments on its disk. This needs {Display.Bytes(own)}, and "
                    + $"{Display.Bytes(others)} are kept for others.").ToException();
        }
    }

    private RecallState Describe(List<StoredSegment> mine)
    {
        List<StoredSegment> offline = [.. mine.Where(segment => !_disk.HasLocal(segment.Segment))];
        List<StoredSegment> unqueued = [.. offline.Where(segment => _queue.Find(segment.Segment) is not { IsQueued: true })];
        IEnumerable<StoredSegment> ahead = offline.Count == 0 ? [] : Wanted().Concat(unqueued);
        IEnumerable<DateTimeOffset?> ends = mine.Select(segment => _queue.Find(segment.Segment)?.Until);
        return new RecallState(
            mine.Count, offline.Count, offline.Count - unqueued.Count, offline.Sum(static segment => segment.Bytes),
            _pump.Estimate([.. ahead]), mine.Count > 0 && ends.All(end => end > _time.GetUtcNow()) ? ends.Min() : null);
    }
}
