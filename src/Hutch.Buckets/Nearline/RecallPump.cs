using System.Collections.Concurrent;
using Hutch.Site.Engines.Segments;

namespace Hutch.Buckets.Nearline;

/// <summary>Recalls the wanted segments, as long as there are some.</summary>
internal sealed partial class RecallPump : IAsyncDisposable
{
    /// <summary>Beside the segments, since a rename stays in a folder.</summary>
    private const string Extension = ".recall";
    private const int MaxFaults = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);
    private const double UsualRate = 100 << 20;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, StoredSegment> _underWay = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, NearlineState> _states = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _faults = new(StringComparer.Ordinal);
    private readonly IDisk _inner;
    private readonly string _folder;
    private readonly SegmentRecalls _recalls;
    private readonly BucketDisk _disk;
    private readonly INearline _nearline;
    private readonly NearlineSettings _settings;
    private readonly FolderSettings _folderSettings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _start;
    private Task _running = Task.CompletedTask;
    private TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isRunning;
    private bool _hasAdopted;
    private double _mountSeconds;

    public RecallPump(
        IDisk inner, string dataFolder, SegmentRecalls recalls, BucketDisk disk, INearline nearline, FolderSettings settings,
        TimeProvider time, ILogger logger)
    {
        (_inner, _recalls, _disk, _nearline, _time, _logger) = (inner, recalls, disk, nearline, time, logger);
        (_folderSettings, _settings) = (settings, settings.Nearline!);
        _folder = SegmentInspection.FolderOf(dataFolder);
        _start = settings.NewId().ToString("N");
        _mountSeconds = _settings.Mount.TotalSeconds;
    }

    public string? Trouble { get; private set; }

    public bool IsUnderWay(string segment) => _underWay.ContainsKey(segment);

    /// <summary>Returns an estimate of the time that the recall of segments takes.</summary>
    public TimeSpan Estimate(IReadOnlyCollection<StoredSegment> segments) => segments.Count == 0
        ? TimeSpan.Zero
        : TimeSpan.FromSeconds(
            (_mountSeconds * Math.Ceiling(segments.Count / ((double)_settings.Drives * _settings.Together)))
            + (segments.Sum(static segment => segment.Bytes) / UsualRate / _settings.Drives));

    public void Wake()
    {
        lock (_gate)
        {
            _woken.TrySetResult();
            if (!_isRunning && !_stop.IsCancellationRequested)
            {
                _isRunning = true;
                _running = Task.Run(() => RunAsync(_stop.Token), CancellationToken.None);
            }
        }
    }

    /// <summary>Returns a new path for the bytes of a segment.</summary>
    public string NewPath(string segment) => Path.Combine(_folder, $".{_start}-{segment}{Extension}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken ct)
    {
        List<Task> running = [];
        TimeSpan pause = FirstPause;
        try
        {
            while (true)
            {
                Task woken = Renew();
                try
                {
                    Adopt();
                    while (running.Count < _settings.Drives && await ChooseAsync(ct) is { Count: > 0 } batch)
                    {
                        running.Add(StageAsync(batch, ct));
                    }

                    if (running.Count == 0 && TryEnd())
                    {
                        return;
                    }

                    // Without a recall under way, the wanted ones wait for space, which ends of pins make.
                    Task first = await Task.WhenAny(
                        [woken, .. running, .. running.Count == 0 ? (Task[])[Task.Delay(FirstPause, _time, ct)] : []]);
                    ct.ThrowIfCancellationRequested();
                    if (running.Remove(first))
                    {
                        await first;
                        (Trouble, pause) = (null, FirstPause);
                    }
                }
                catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
                {
                    // Whatever it is, readers wait for the next attempt.
                    NoteTrouble(e);
                    await Task.Delay(pause, _time, ct);
                    pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                }
            }
        }
        finally
        {
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void NoteTrouble(Exception e)
    {
        if (Trouble is null)
        {
            LogTrouble(_logger, e, _nearline.Name);
        }

        Trouble = e.Message.TrimEnd('.') + ".";
    }

    private Task Renew()
    {
        lock (_gate)
        {
            if (_woken.Task.IsCompleted)
            {
                _woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return _woken.Task;
        }
    }

    private bool TryEnd()
    {
        lock (_gate)
        {
            if (_woken.Task.IsCompleted || _recalls.Wanted().Count > 0)
            {
                return false;
            }

            _isRunning = false;
            return true;
        }
    }

    /// <summary>Takes over what a recall before a stop has brought completely, and removes the rest.</summary>
    private void Adopt()
    {
        if (_hasAdopted)
        {
            return;
        }

        Dictionary<string, StoredSegment> wanted =
            _recalls.Wanted().ToDictionary(static segment => segment.Segment, StringComparer.Ordinal);
        foreach (string name in _inner.ListFiles(_folder).Where(static name => name.EndsWith(Extension, StringComparison.Ordinal)))
        {
            string path = Path.Combine(_folder, name);
            string whose = Path.GetFileNameWithoutExtension(name)[(name.IndexOf('-', StringComparison.Ordinal) + 1)..];
            if (!wanted.TryGetValue(whose, out StoredSegment? segment)
                || !TryTake(segment, path))
            {
                _inner.Delete(path);
            }
        }

        _hasAdopted = true;
    }

    /// <summary>Chooses the next segments of one medium that fit into the cache, in the order of their places.</summary>
    private async Task<List<StoredSegment>> ChooseAsync(CancellationToken ct)
    {
        List<StoredSegment> wanted = [.. _recalls.Wanted().Where(segment => !_underWay.ContainsKey(segment.Segment))];
        List<StoredSegment> unknown = [.. wanted.Where(segment => !_states.ContainsKey(segment.Object))];
        if (unknown.Count > 0)
        {
            IReadOnlyDictionary<string, NearlineState> states =
                await _nearline.FindStatesAsync([.. unknown.Select(static segment => segment.Object)], ct);
            foreach (StoredSegment segment in unknown)
            {
                if (states.TryGetValue(segment.Object, out NearlineState state) && state.Exists)
                {
                    _states[segment.Object] = state;
                }
                else
                {
                    LogLost(_logger, segment.Segment, segment.Object, _nearline.Name);
                    _recalls.NoteLost(segment);
                }
            }
        }

        List<StoredSegment> ordered =
        [
            .. wanted.Where(segment => _states.ContainsKey(segment.Object))
                .OrderBy(segment => _states[segment.Object].Order, StringComparer.Ordinal)
                .ThenBy(static segment => segment.Segment, StringComparer.Ordinal),
        ];
        List<StoredSegment> batch = [];
        long space = _folderSettings.WholeBytes - _recalls.KeptBytes - _underWay.Values.Sum(static segment => segment.Bytes);
        HashSet<string> media = [.. _underWay.Values.Select(segment => _states.GetValueOrDefault(segment.Object).Medium).OfType<string>()];
        foreach (StoredSegment segment in ordered)
        {
            string medium = _states[segment.Object].Medium;
            if (batch.Count == 0 ? medium.Length > 0 && media.Contains(medium) : medium != _states[batch[0].Object].Medium)
            {
                // A medium is in one drive at a time.
                continue;
            }

            bool isAlone = batch.Count == 0 && _underWay.IsEmpty && _recalls.KeptBytes == 0;
            if (batch.Count >= _settings.Together || (segment.Bytes > space && !isAlone))
            {
                break;
            }

            batch.Add(segment);
            space -= segment.Bytes;
        }

        foreach (StoredSegment segment in batch)
        {
            _underWay[segment.Segment] = segment;
        }

        return batch;
    }

    private async Task StageAsync(List<StoredSegment> batch, CancellationToken ct)
    {
        long start = _time.GetTimestamp();
        bool hasFirst = false;
        Dictionary<string, StoredSegment> open = batch.ToDictionary(static segment => segment.Object, StringComparer.Ordinal);
        try
        {
            await _disk.MakeSpaceAsync(batch.Sum(static segment => segment.Bytes), ct);
            foreach (StoredSegment segment in batch)
            {
                _inner.Delete(NewPath(segment.Segment));
            }

            await _nearline.StageAsync(
                [.. batch.Select(segment => new StagedFile(segment.Object, NewPath(segment.Segment)))], Take, ct);

            // Of those that the program did not announce.
            foreach (string name in open.Keys.ToList())
            {
                Take(name);
            }
        }
        finally
        {
            foreach (StoredSegment segment in batch)
            {
                _underWay.TryRemove(segment.Segment, out _);
                _states.TryRemove(segment.Object, out _);
            }
        }

        void Take(string name)
        {
            if (!open.Remove(name, out StoredSegment? segment))
            {
                return;
            }

            _mountSeconds = hasFirst ? _mountSeconds : ((3 * _mountSeconds) + _time.GetElapsedTime(start).TotalSeconds) / 4;
            hasFirst = true;
            if (TryTake(segment, NewPath(segment.Segment)))
            {
                _faults.TryRemove(name, out _);
                _underWay.TryRemove(segment.Segment, out _);
                return;
            }

            _inner.Delete(NewPath(segment.Segment));
            int faults = _faults[name] = _faults.GetValueOrDefault(name) + 1;
            if (faults >= MaxFaults)
            {
                LogLost(_logger, segment.Segment, segment.Object, _nearline.Name);
                _recalls.NoteLost(segment);
                return;
            }

            throw new IOException($"{_nearline.Name} brought other bytes than those of {segment.Segment}, or none");
        }
    }

    /// <summary>Puts recalled bytes in place, if they are those of the segment.</summary>
    private bool TryTake(StoredSegment segment, string path)
    {
        if (!_inner.FileExists(path))
        {
            return false;
        }

        using (IDiskFile file = _inner.Open(path, DiskAccess.ReadWrite))
        {
            if (file.Length != segment.Bytes || ObjectBody.From(file, file.Length).Hash().ToString() != segment.Sha256)
            {
                return false;
            }

            file.Sync();
        }

        if (_disk.TryPlace(segment, path))
        {
            _recalls.Came(segment);
        }

        return true;
    }

    [LoggerMessage(EventId = 3474, Level = LogLevel.Warning, Message = "Segments cannot be recalled from {Nearline} now")]
    private static partial void LogTrouble(ILogger logger, Exception exception, string nearline);

    [LoggerMessage(EventId = 3475, Level = LogLevel.Error, Message = "The segment {Segment} ({Name}) is missing or damaged in {Nearline}")]
    private static partial void LogLost(ILogger logger, string segment, string name, string nearline);
}
