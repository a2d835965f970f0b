using Hutch.Model.Checksums;
using Hutch.Storage.Caching;

namespace Hutch.Datasets.Thumbnails;

/// <summary>
/// Made thumbnails, and the sources that cannot have one: on the disk, within a bound. They are no data: after a deletion of the folder
/// they are made again. Two are made at a time, so that pictures are never more than a part of the server's load.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class ThumbnailCache : IDisposable
{
    private const string Folder = "thumbnails";

    private const int MaxBytes = 512 << 10;

    private const int MaxEntries = 100_000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly Func<ByteCache> _open;
    private readonly Lock _opening = new();
    private readonly TimeProvider _time;
    private ByteCache? _cache;

    /// <summary>The two locks for making thumbnails. Each version uses one, by its hash, so that it is made once.</summary>
    private readonly SemaphoreSlim[] _turns = [new(1), new(1)];

    /// <summary>The cache of a data folder, which is opened at its first use.</summary>
    public ThumbnailCache(IDisk disk, string dataFolder, long bytes, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        var options = new CacheOptions { CacheBytes = bytes, MaxEntries = MaxEntries };
        _open = () => ByteCache.Open(disk, Path.Combine(dataFolder, Folder), options, "Hutch.Thumbnails");
    }

    /// <summary>
    /// Returns the thumbnail of a version, from here or made now; null where none can be made. That is remembered for the rest of the day,
    /// so that a malicious file does harm only once.
    /// </summary>
    /// <param name="make">Makes it. Its refusals are remembered; <see cref="ErrorCode.Unavailable"/> is for now only.</param>
    public async Task<Result<byte[]?>> GetAsync(BlobHash version, Func<CancellationToken, Task<Result<byte[]>>> make, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(make);
        if (await FindAsync(version) is { } known)
        {
            return ToAnswer(known);
        }

        SemaphoreSlim turn = _turns[(uint)version.GetHashCode() % _turns.Length];
        if (!await turn.WaitAsync(LongestWait, ct))
        {
            return ErrorCode.Unavailable.With(
                $"Other thumbnails were being made for {LongestWait.TotalSeconds:0} s. Try again in a moment.");
        }

        try
        {
            // The previous holder of the lock may have made the same.
            if (await FindAsync(version) is { } made)
            {
                return ToAnswer(made);
            }

            Result<byte[]> answer = await make(ct);
            if (answer.IsOk || answer.Error.Code != ErrorCode.Unavailable)
            {
                byte[] body = answer.IsOk && answer.Value.Length <= MaxBytes ? answer.Value : [];
                CacheKey key = body.Length > 0 ? KeyOf(version) : NoneToday(version);
                await Task.Run(() => Opened()?.Add(key, body, Checksum.Crc32C(body)), ct);
                return ToAnswer(body);
            }

            return answer.Error;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        _cache?.Dispose();
        Array.ForEach(_turns, static turn => turn.Dispose());
    }

    private static Result<byte[]?> ToAnswer(byte[] body) => body.Length > 0 ? body : null;

    private static CacheKey KeyOf(BlobHash version) => CacheKey.OfObject(version.ToString());

    private CacheKey NoneToday(BlobHash version) =>
        CacheKey.OfObject(string.Create(CultureInfo.InvariantCulture, $"none {version} {_time.GetUtcNow():yyyy-MM-dd}"));

    /// <summary>Returns the stored outcome: empty where no thumbnail can be made, null for none.</summary>
    private Task<byte[]?> FindAsync(BlobHash version) =>
        Task.Run(() => Opened() is { } cache ? cache.Read(KeyOf(version)) ?? cache.Read(NoneToday(version)) : null);

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
}
