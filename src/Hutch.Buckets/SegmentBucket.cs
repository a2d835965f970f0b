using Hutch.Buckets.Nearline;
using Hutch.Site.Engines.Segments;
using Hutch.Site.Life.Maintenance;
using Hutch.Storage.Caching;

namespace Hutch.Buckets;

/// <summary>The bucket that keeps the sealed segments of a data folder, with a cache of them on the local disk.</summary>
public sealed partial class SegmentBucket : ISegmentBucket
{
    private const string CacheName = "cache";
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookOften = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan ReportLimit = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<long, long> _openSince = [];
    private readonly IObjectStore _objects;
    private readonly ByteCache _cache;
    private readonly BucketDisk _disk;
    private readonly FolderRecord _record;
    private readonly FolderStore _store;
    private readonly FolderOwnership _own;
    private readonly ISegmentMirror? _mirror;
    private readonly NearlineMover? _mover;
    private readonly SegmentRecalls? _recalls;
    private readonly FolderObjects _names;
    private readonly FolderSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly bool _keepsVersions;
    private volatile Trouble? _trouble;
    private volatile string? _moveTrouble;

    private SegmentBucket(
        IDisk disk, string dataFolder, IObjectStore objects, FolderObjects names, FolderRecord record, FolderSettings settings,
        bool keepsVersions, TimeProvider time, ILogger logger)
    {
        (_objects, _names, _record, _settings, _keepsVersions, _time, _logger) =
            (objects, names, record, settings, keepsVersions, time, logger);
        _cache = ByteCache.Open(
            disk, Path.Combine(dataFolder, FolderRecord.FolderName, CacheName), settings.Blocks, "Hutch.Cluster.Folder");
        _own = new FolderOwnership(objects, names, record, settings.Alone, time);
        _mirror = settings.CreateMirror(disk, objects, names, () => record.Header, () => _own.Fence is null, time);
        _disk = new BucketDisk(disk, dataFolder, record, new BucketBlocks(objects, _cache), _mirror, time);
        INearline? nearline = settings.Nearline?.Open(disk, objects, names, time);
        _store = new FolderStore(disk, dataFolder, _disk, record, objects, names, _own, _mirror, nearline, time);
        if (nearline is not null)
        {
            _recalls = _disk.Recalls = new SegmentRecalls(disk, dataFolder, _disk, record, nearline, settings, time, logger);
            _disk.MakeSpaceAsync = EvictAsync;
            _mover = new NearlineMover(disk, dataFolder, _disk, record, nearline, settings, time);
        }
    }

    public IDisk Disk => _disk;

    public IOfflineSegments? Offline => _recalls;

    internal BucketDisk Files => _disk;

    /// <summary>The time between two looks at the segments.</summary>
    private TimeSpan Look => _settings.SealAfter == TimeSpan.Zero ? LookEvery
        : TimeSpan.FromTicks(Math.Clamp(_settings.SealAfter.Ticks / 8, LookOften.Ticks, LookEvery.Ticks));

    public long LastNumber => _record.Header.LastNumber;

    public (int Count, long Bytes) Stored
    {
        get
        {
            IReadOnlyList<StoredSegment> live = _record.Live;
            return (live.Count, live.Sum(static segment => segment.Bytes));
        }
    }

    public bool IsTakenOver => _own.Fence is not null;

    public IReadOnlyList<SiteWarning> Warnings => [.. FindWarnings()];

    /// <summary>Opens the bucket for a data folder, and begins a start there.</summary>
    /// <param name="objects">The bucket; disposed of with this.</param>
    internal static async Task<SegmentBucket> OpenAsync(
        IDisk disk, string dataFolder, IObjectStore objects, FolderSettings settings, TimeProvider time, ILogger logger,
        CancellationToken ct)
    {
        var names = new FolderObjects(settings.Prefix, settings.NewId);
        try
        {
            FolderRecord record = await new FolderLife(disk, dataFolder, objects, names, settings, time).BeginAsync(ct);
            await SkipNumbersAsync(objects, names, record, ct);
            var bucket = new SegmentBucket(
                disk, dataFolder, objects, names, record, settings, await KeepsVersionsAsync(objects, ct), time, logger);
            await (bucket._mirror?.OpenAsync(ct) ?? Task.CompletedTask);
            await bucket._disk.RecoverAsync(ct);
            await bucket._store.BeginAsync(ct);
            return bucket;
        }
        catch (Exception e) when (
            (BucketFailure.Is(e) || e is IOException) && (e as HutchException)?.Error.Code != ErrorCode.BadConfiguration)
        {
            throw ErrorCode.BadConfiguration.With(
                $"The bucket {objects.Name} cannot be used: {e.Message.TrimEnd('.')}. Check 'storage.bucket', its key and the store.")
                .ToException(e);
        }
    }

    public async Task RunAsync(ISealedSegments segments, CancellationToken ct)
    {
        while (true)
        {
            await StoreAsync(segments, ct);
            await Task.Delay(Look, _time, ct);
        }
    }

    public async Task RunNearlineAsync(ISealedSegments segments, CancellationToken ct)
    {
        _recalls?.Resume();
        while (true)
        {
            await MoveAsync(segments, ct);
            await Task.Delay(Look, _time, ct);
        }
    }

    public Task WatchAsync(CancellationToken ct) => _own.RunAsync(ct);

    public ValueTask<WriteRefusal?> FindRefusalAsync(CancellationToken ct) => _own.FindRefusalAsync(ct);

    public ValueTask<WriteRefusal?> ConfirmAsync(CancellationToken ct) => _own.ConfirmAsync(ct);

    public async Task<Result<Done>> SecureAsync(ISealedSegments segments, CancellationToken ct) =>
        await TryPassAsync(segments, isAll: true, ct) is { } trouble
            ? ErrorCode.Unavailable.With(
                $"The bucket {_objects.Name} does not have everything yet, and only what it has counts as stored: {trouble}")
            : Done.Value;

    public async Task<Result<Done>> StoreAccountsAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await _store.StoreAccountsAsync(ct);
            return Done.Value;
        }
        catch (Exception e) when (BucketFailure.Is(e) || e is IOException or UnauthorizedAccessException)
        {
            return ErrorCode.Unavailable.With($"The bucket {_objects.Name} did not take it: {e.Message.TrimEnd('.')}.");
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task<StoreReport> ReportAsync(CancellationToken ct)
    {
        long start = _time.GetTimestamp();
        using var limit = new CancellationTokenSource(ReportLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        string? trouble = null;
        try
        {
            await _own.RequireAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            trouble = $"It did not answer within {ReportLimit.TotalSeconds:0} s.";
        }
        catch (Exception e) when (BucketFailure.Is(e))
        {
            trouble = e.Message.TrimEnd('.') + ".";
        }

        return new StoreReport("object store", _objects.Name, _time.GetElapsedTime(start), trouble);
    }

    public async ValueTask DisposeAsync()
    {
        await (_recalls?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _own.EndAsync(CancellationToken.None);
        _mirror?.Dispose();
        _cache.Dispose();
        _objects.Dispose();
        _gate.Dispose();
    }

    /// <summary>Removes local files of stored segments while they are more than the cache may have.</summary>
    internal Task EvictAsync(CancellationToken ct) => EvictAsync(0, ct);

    /// <summary>The same, and makes space for bytes that come. Recalled segments that must stay remain.</summary>
    private async Task EvictAsync(long coming, CancellationToken ct)
    {
        IReadOnlyList<StoredSegment> cached = _disk.Cached;
        long bytes = cached.Sum(static segment => segment.Bytes) + coming;
        foreach (StoredSegment segment in cached.Where(segment => _recalls?.MustStay(segment.Segment) != true))
        {
            if (bytes <= _settings.WholeBytes && _disk.Space(_disk.PathOf("")).FreeBytes >= _settings.ReserveBytes)
            {
                break;
            }

            await _disk.DropAsync(segment, ct);
            bytes -= segment.Bytes;
        }
    }

    /// <summary>Does once what is due, without sealing what may stay open.</summary>
    internal Task StoreAsync(ISealedSegments segments, CancellationToken ct) => TryPassAsync(segments, isAll: false, ct);

    /// <summary>Moves once what is due to nearline storage.</summary>
    internal async Task MoveAsync(ISealedSegments segments, CancellationToken ct)
    {
        foreach (StoredSegment segment in _mover?.FindDue() ?? [])
        {
            try
            {
                // Without the turn: a tape takes its time, and other segments must not wait for it.
                await _own.RequireAsync(ct);
                StoredSegment moved = await _mover!.MoveAsync(segment, ct);
                await _gate.WaitAsync(ct);
                try
                {
                    await _store.NoteMoveAsync(segments, moved, ct);
                }
                finally
                {
                    _gate.Release();
                }

                _moveTrouble = null;
            }
            catch (Exception e) when (BucketFailure.Is(e) || e is IOException or UnauthorizedAccessException)
            {
                if (_moveTrouble is null)
                {
                    LogUnmoved(_logger, e, segment.Segment);
                }

                _moveTrouble = e.Message.TrimEnd('.') + ".";
                return;
            }
        }
    }

    /// <summary>Does everything that is due; returns the reason why not all of it was possible, a sentence.</summary>
    private async Task<string?> TryPassAsync(ISealedSegments segments, bool isAll, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await SealAsync(segments, isAll, ct);
            if (isAll || _own.Fence is not null)
            {
                await _own.RequireAsync(ct);
            }

            await _store.RunAsync(segments, ct);
            await EvictAsync(ct);
            _trouble = null;
            return _store.Undeleted.Count == 0 || !isAll ? null : $"it did not delete {_store.Undeleted.Count} objects.";
        }
        catch (Exception e) when (BucketFailure.Is(e) || e is IOException or UnauthorizedAccessException)
        {
            IReadOnlyList<SegmentSummary> waiting = _store.Waiting(segments);
            if (_trouble is null)
            {
                LogTrouble(_logger, e, _objects.Name, waiting.Count);
            }

            _trouble = new Trouble(e.Message.TrimEnd('.') + ".", _trouble?.Since ?? _time.GetUtcNow(), waiting.Count);
            return _trouble.Message;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task SealAsync(ISealedSegments segments, bool isAll, CancellationToken ct)
    {
        List<long> open = [.. segments.List().Where(static segment => !segment.IsSealed).Select(static segment => segment.Number)];
        foreach (long number in _openSince.Keys.Except(open).ToList())
        {
            _openSince.Remove(number);
        }

        open.ForEach(number => _openSince.TryAdd(number, _time.GetTimestamp()));

        // It may have been open since the last look, and the next one must not be too late.
        bool isDue = _settings.SealAfter > TimeSpan.Zero
            && _openSince.Values.Any(since => _time.GetElapsedTime(since) + (2 * Look) > _settings.SealAfter);
        if (open.Count > 0 && (isAll || isDue))
        {
            await segments.SealAsync(ct);
        }
    }

    /// <summary>Continues behind a list that a stop left in the bucket and not in the record.</summary>
    private static async Task SkipNumbersAsync(IObjectStore objects, FolderObjects names, FolderRecord record, CancellationToken ct)
    {
        long last = 0;
        await foreach (ObjectFacts one in objects.ListAllAsync(names.Lists, ct))
        {
            last = Math.Max(last, names.NumberOf(record.Header.Epoch, one.Key));
        }

        if (last > record.Header.Number)
        {
            record.Set(list => list with { Number = last });
        }
    }

    private static async Task<bool> KeepsVersionsAsync(IObjectStore objects, CancellationToken ct)
    {
        try
        {
            return await objects.KeepsVersionsAsync(ct);
        }
        catch (HutchException)
        {
            // A store without versions need not know the question.
            return false;
        }
    }

    private IEnumerable<SiteWarning> FindWarnings()
    {
        if (_own.Fence is { } fence)
        {
            yield return new SiteWarning("bucket-taken", fence.Message, fence.Advice);
        }
        else if (_own.IsSilent)
        {
            yield return new SiteWarning(
                "bucket-silent",
                $"The bucket {_objects.Name} has not answered for {_settings.Alone.TotalSeconds:0} s: this server refuses writes, as "
                + "another one may have taken its data folder over.",
                "Check the store and the network. The server takes writes again when the bucket answers.");
        }
        else if (_trouble is { } trouble)
        {
            yield return new SiteWarning(
                "bucket-behind",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The bucket {_objects.Name} cannot be written since {trouble.Since:HH:mm:ss}: {trouble.Message} {trouble.Waiting} "
                    + $"sealed segments are on the local disk alone."),
                "Check 'storage.bucket', its key, its quota and the network. Storing continues by itself.");
        }

        if (_store.Undeleted is { Count: > 0 } left)
        {
            yield return new SiteWarning(
                "bucket-undeleted",
                $"The bucket {_objects.Name} did not delete {left.Count} objects, which may have purged data: {left[0].Why}.",
                "Check the rights of the key, and retention locks of the bucket.");
        }

        if ((_moveTrouble ?? _recalls?.Trouble) is { } nearline)
        {
            yield return new SiteWarning(
                "nearline-behind", $"Nearline storage does not take or bring segments: {nearline}",
                "Check 'storage.bucket.nearline', and the tape manager or the bucket. Both continue by themselves.");
        }

        if (_recalls?.Lost is { Count: > 0 } lost)
        {
            yield return new SiteWarning(
                "nearline-lost", $"Nearline storage lacks {lost.Count} segments, or has other bytes: {lost[0]}.",
                "Look for them there. The next read asks for them again after a restart.");
        }

        if (_keepsVersions)
        {
            yield return new SiteWarning(
                "bucket-versions",
                $"The bucket {_objects.Name} keeps old versions: purged data stay there.",
                "Turn versioning off and remove the old versions, or let noncurrent versions expire in the time that your law allows.");
        }
    }

    [LoggerMessage(
        EventId = 3470, Level = LogLevel.Warning, Message = "{Bucket} cannot be written; {Waiting} segments wait on the local disk")]
    private static partial void LogTrouble(ILogger logger, Exception exception, string bucket, int waiting);

    [LoggerMessage(EventId = 3476, Level = LogLevel.Warning, Message = "The segment {Segment} cannot be moved to nearline storage")]
    private static partial void LogUnmoved(ILogger logger, Exception exception, string segment);

    private sealed record Trouble(string Message, DateTimeOffset Since, int Waiting);
}
