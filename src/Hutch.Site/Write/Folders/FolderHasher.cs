using System.Runtime.CompilerServices;
using Hutch.Model.Annex;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Folders;

/// <summary>
/// Hashes the files that stay in folders, one at a time, no faster than the option allows. The records list the waiting files, so that it
/// continues after a restart. Adopted folders come last, because they may take days: new files of others are hashed between their files.
/// </summary>
/// <remarks>
/// A file that was changed within the last step of the file system's clock could change again without a trace: git calls that a racy entry
/// (Documentation/technical/racy-git.txt). So a file is read only when its times are older than <see cref="FolderOptions.QuietSeconds"/>.
/// </remarks>
public sealed partial class FolderHasher(
    Committer committer, SiteDatabase records, BlobStore blobs, FolderRegistrar registrar, FolderOptions options, TimeProvider time,
    ILogger<FolderHasher> logger)
{
    private const int FilesAtOnce = 256;
    private const int MaxCommitsUnderWay = 64;

    private static readonly TimeSpan TimeBetweenTries = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTimeBetweenTries = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TimeBetweenReminders = TimeSpan.FromMinutes(1);

    private readonly WakeSignal _registered = new();
    private bool _hasNew;
    private Refusals _reported;
    private long _toldAt;

    /// <summary>Hashes the waiting files and newly registered ones, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        committer.Committed += OnCommitted;
        try
        {
            Refusals before = default;
            TimeSpan wait = TimeBetweenTries;
            while (true)
            {
                (int young, Refusals refused) = await TryAllAsync(ct);
                wait = young == 0 && refused.Count > 0 && refused == before ? Longer(wait) : TimeBetweenTries;
                before = refused;
                await WaitAsync(young + refused.Count > 0 ? wait : null, ct);
            }
        }
        finally
        {
            committer.Committed -= OnCommitted;
        }
    }

    /// <summary>Tries to hash each waiting file once.</summary>
    /// <returns>The number of files that still wait: they are being written, or cannot be read.</returns>
    public async Task<int> HashAllAsync(CancellationToken ct)
    {
        (int young, Refusals refused) = await TryAllAsync(ct);
        return young + refused.Count;
    }

    /// <summary>
    /// Waits with a growing delay for files that cannot be hashed, or until a file is registered; null waits for a registration only.
    /// </summary>
    private async Task WaitAsync(TimeSpan? limit, CancellationToken ct)
    {
        if (limit is not { } wait)
        {
            await _registered.WaitAsync(ct);
            return;
        }

        // However much is registered, what waits is not tried without a pause.
        await Task.Delay(TimeBetweenTries, time, ct);
        if (wait > TimeBetweenTries)
        {
            await _registered.WaitAsync(wait - TimeBetweenTries, time, ct);
        }
    }

    private static TimeSpan Longer(TimeSpan wait) => 2 * wait < LongestTimeBetweenTries ? 2 * wait : LongestTimeBetweenTries;

    private async Task<(int Young, Refusals Refused)> TryAllAsync(CancellationToken ct)
    {
        int young = 0;
        var refusals = new Refusals();
        var pace = new ReadRateLimiter(options.HashBytesPerSecond, time);
        var underWay = new Queue<Task<HutchError?>>();
        try
        {
            await foreach (FolderFile file in FilesAsync(ct))
            {
                if (!IsQuiet(file.Stamp))
                {
                    young++;
                    continue;
                }

                // The next file is read while the hash of this one waits for the disk: one sync records many.
                KeyDigest? digest = file.StoreKey is { } key ? KeyDigest.Compute(key).Value : null;
                Task<BlobHash> hashed = blobs.From(file).HashAsync(pace, digest, ct);
                underWay.Enqueue(RecordAsync(file, digest, hashed, ct));
                await ((Task)hashed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await TakeAsync(MaxCommitsUnderWay - 1);
            }

            await TakeAsync(0);
        }
        finally
        {
            await ((Task)Task.WhenAll(underWay)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Report(refusals);
        return (young, refusals);

        async Task TakeAsync(int left)
        {
            while (underWay.Count > left)
            {
                if (await underWay.Dequeue() is { } refusal)
                {
                    refusals = new Refusals(refusals.Count + 1, refusal.Message);
                }
            }
        }
    }

    private async IAsyncEnumerable<FolderFile> FilesAsync([EnumeratorCancellation] CancellationToken ct)
    {
        Volatile.Write(ref _hasNew, false);
        await foreach (FolderFile file in FilesAsync(adopted: false, ct))
        {
            yield return file;
        }

        await foreach (FolderFile adopted in FilesAsync(adopted: true, ct))
        {
            if (Interlocked.Exchange(ref _hasNew, false))
            {
                await foreach (FolderFile file in FilesAsync(adopted: false, ct))
                {
                    yield return file;
                }
            }

            yield return adopted;
        }
    }

    private async IAsyncEnumerable<FolderFile> FilesAsync(bool adopted, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (long dataset in await records.ReadAsync(queries => queries.DatasetsToHash(adopted), ct))
        {
            string after = "";
            while (await NextAsync(dataset, after, ct) is { Length: > 0 } files)
            {
                foreach (FolderFile file in files)
                {
                    yield return file;
                }

                after = files[^1].Path.Value;
            }
        }
    }

    private ValueTask<FolderFile[]> NextAsync(long dataset, string after, CancellationToken ct) => records.ReadAsync(
        queries => queries.FolderFilesToHash((dataset, after), FilesAtOnce).TakeWhile(file => file.Key == dataset).ToArray(), ct);

    /// <summary>Returns true if the file is old enough to read. A time in the future is ignored: the clocks differ.</summary>
    private bool IsQuiet(in FileStamp stamp)
    {
        long newest = Math.Max(stamp.ModifiedNanoseconds, stamp.ChangedNanoseconds) / Entry.NanosecondsPerMillisecond;
        TimeSpan age = time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(newest);
        return age < TimeSpan.Zero || age >= TimeSpan.FromSeconds(options.QuietSeconds);
    }

    /// <summary>Returns null when the hash was recorded, or another version of the file was registered in the meantime.</summary>
    private async Task<HutchError?> RecordAsync(FolderFile file, KeyDigest? digest, Task<BlobHash> hashed, CancellationToken ct)
    {
        using KeyDigest? used = digest;
        try
        {
            BlobHash hash = await hashed;
            return file.StoreKey is { } key
                ? (await registrar.Keys.SetHashAsync(file, key, hash, used!.Finish(hash, file.Stamp.Size).IsOk, ct)).Error
                : (await registrar.SetHashAsync(file, hash, ct)).Error;
        }
        catch (HutchException e)
        {
            return e.Error;
        }
    }

    /// <summary>Logs refusals when they change, not every second.</summary>
    private void Report(Refusals refusals)
    {
        if (refusals.Count > 0 && (refusals != _reported || time.GetElapsedTime(_toldAt) >= TimeBetweenReminders))
        {
            _toldAt = time.GetTimestamp();
            LogNotHashed(logger, refusals.Count, refusals.Last);
        }

        _reported = refusals;
    }

    private void OnCommitted(IReadOnlyList<JournalRecord> group)
    {
        if (group.Any(static record => record is JournalRecord.FileRegistered { Hashed: false }))
        {
            Volatile.Write(ref _hasNew, true);
            _registered.Wake();
        }
    }

    [LoggerMessage(
        EventId = 3110, Level = LogLevel.Information,
        Message = "{Count} files in folders cannot be hashed yet; they are tried again at least every minute. The last: {Reason}")]
    private static partial void LogNotHashed(ILogger logger, int count, string? reason);

    /// <summary>The number of files that could not be hashed, and the reason of the last one.</summary>
    private readonly record struct Refusals(int Count, string? Last);
}
