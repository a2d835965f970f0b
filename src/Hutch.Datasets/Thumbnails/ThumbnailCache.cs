using Hutch.Model.Checksums;
using Hutch.Storage.Caching;
using Microsoft.Extensions.Logging;

namespace Hutch.Datasets.Thumbnails;

/// <summary>
/// Made thumbnails, and the sources that cannot have one: on the disk, within a bound. They are no data: after a deletion of the folder
/// they are made again. Two are made at a time, so that pictures are never more than a part of the server's load.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed partial class ThumbnailCache : IDisposable
{
    private const string Folder = "thumbnails";

    private const int MaxBytes = 512 << 10;

    private const int MaxEntries = 100_000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>A file that took too long is left alone for so long: the server may be less busy then.</summary>
    private static readonly TimeSpan PauseOfSlow = TimeSpan.FromMinutes(10);

    private readonly ILogger _logger;
    private readonly Func<ByteCache> _open;
    private readonly Lock _opening = new();
    private readonly TimeProvider _time;
    private ByteCache? _cache;

    /// <summary>The two locks for making thumbnails. Each version uses one, by its hash, so that it is made once.</summary>
    private readonly SemaphoreSlim[] _turns = [new(1), new(1)];

    /// <summary>The cache of a data folder, which is opened at its first use.</summary>
    public ThumbnailCache(IDisk disk, string dataFolder, long bytes, TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        var options = new CacheOptions { CacheBytes = bytes, MaxEntries = MaxEntries };
        _open = () => ByteCache.Open(disk, Path.Combine(dataFolder, Folder), options, "Hutch.Thumbnails");
    }

    /// <summary>
    /// Returns the thumbnail of a version, from here or made now; null where none can be made. That is remembered for the rest of the day,
    /// so that a malicious file does harm only once.
    /// </summary>
    /// <param name="file">The file, for the log.</param>
    /// <param name="make">
    /// Makes it. What it refuses because of the file is remembered. A time limit is remembered for some minutes, and other refusals not at
    /// all: a busy server says nothing about the file.
    /// </param>
    public async Task<Result<byte[]?>> GetAsync(
        BlobHash version, string file, Func<CancellationToken, Task<Result<byte[]>>> make, CancellationToken ct)
    {
        if (await FindAsync(version) is { } known)
        {
            return known;
        }

        SemaphoreSlim gate = _turns[(uint)version.GetHashCode() % _turns.Length];
        if (!await gate.WaitAsync(LongestWait, ct))
        {
            return ErrorCode.Unavailable.With(
                $"Other thumbnails were being made for {LongestWait.TotalSeconds:0} s. Try again in a moment.");
        }

        try
        {
            // The previous holder of the lock may have made the same.
            return await FindAsync(version) ?? await MakeAsync(version, file, make, ct);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose()
    {
        _cache?.Dispose();
        Array.ForEach(_turns, static gate => gate.Dispose());
    }

    private static Result<byte[]?> ToAnswer(byte[] body) => body.Length > 0 ? body : null;

    private static CacheKey KeyOf(BlobHash version) => CacheKey.OfObject(version.ToString());

    private CacheKey NoneToday(BlobHash version) =>
        CacheKey.OfObject(string.Create(CultureInfo.InvariantCulture, $"none {version} {_time.GetUtcNow():yyyy-MM-dd}"));

    private CacheKey SlowNow(BlobHash version) => CacheKey.OfObject(
        string.Create(CultureInfo.InvariantCulture, $"slow {version} {_time.GetUtcNow().Ticks / PauseOfSlow.Ticks}"));

    private async Task<Result<byte[]?>> MakeAsync(
        BlobHash version, string file, Func<CancellationToken, Task<Result<byte[]>>> make, CancellationToken ct)
    {
        if ((await make(ct)).TryGet(out byte[]? body, out HutchError? refusal))
        {
            body = body.Length <= MaxBytes ? body : [];
            await AddAsync(body.Length > 0 ? KeyOf(version) : NoneToday(version), body, ct);
            return ToAnswer(body);
        }

        LogWithout(_logger, file, refusal.Message);
        if (refusal.Details?.ContainsKey(HutchError.TimeLimit) == true)
        {
            await AddAsync(SlowNow(version), [], ct);
            return Slow();
        }

        if (refusal.Code != ErrorCode.Unprocessable && refusal.Code != ErrorCode.UnreadableFile && refusal.Code != ErrorCode.TooLarge)
        {
            return refusal;
        }

        await AddAsync(NoneToday(version), [], ct);
        return ToAnswer([]);
    }

    private Task AddAsync(CacheKey key, byte[] body, CancellationToken ct) =>
        Task.Run(() => Opened()?.Add(key, body, Checksum.Crc32C(body)), ct);

    /// <summary>Returns the stored outcome; null for none.</summary>
    private Task<Result<byte[]?>?> FindAsync(BlobHash version) => Task.Run(() => Find(version));

    private Result<byte[]?>? Find(BlobHash version)
    {
        if (Opened() is not { } cache)
        {
            return null;
        }

        byte[]? body = cache.Read(KeyOf(version)) ?? cache.Read(NoneToday(version));
        if (body is not null)
        {
            return ToAnswer(body);
        }

        return cache.Read(SlowNow(version)) is null ? default(Result<byte[]?>?) : Slow();
    }

    private Result<byte[]?> Slow()
    {
        long left = PauseOfSlow.Ticks - (_time.GetUtcNow().Ticks % PauseOfSlow.Ticks);
        double seconds = Math.Ceiling(TimeSpan.FromTicks(left).TotalSeconds);
        return ErrorCode.Unavailable.With(
            "The thumbnail was not made in time. The server makes it later.",
            "retryAfterSeconds",
            seconds.ToString("0", CultureInfo.InvariantCulture));
    }

    /// <summary>Returns the cache; null while a full disk has no room for it, on which thumbnails are made each time.</summary>
    private ByteCache? Opened()
    {
        lock (_opening)
        {
            try
            {
                return _cache ??= _open();
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    [LoggerMessage(EventId = 5701, Level = LogLevel.Information, Message = "There is no thumbnail of {File}: {Reason}")]
    private static partial void LogWithout(ILogger logger, string file, string reason);
}
