using System.Security.Cryptography;
using System.Threading.Channels;
using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Site.Blobs;
using Hutch.Site.Committing;
using Hutch.Storage;
using Microsoft.Extensions.Logging;

namespace Hutch.Site.Folders;

/// <summary>
/// Hashes the files that stay in the facility's folders, one after the other, no faster than the option says. What waits is in the records,
/// so that it goes on after a restart.
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

    private static readonly TimeSpan TimeBetweenTries = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _registered = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Hashes what waits, and what is registered from now on, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        committer.Committed += Note;
        try
        {
            while (true)
            {
                if (await HashAllAsync(ct) > 0)
                {
                    await Task.Delay(TimeBetweenTries, time, ct);
                }
                else
                {
                    await _registered.Reader.ReadAsync(ct);
                }
            }
        }
        finally
        {
            committer.Committed -= Note;
        }
    }

    /// <summary>Tries to hash each file that waits now, once.</summary>
    /// <returns>How many still wait: they are being written, or cannot be read.</returns>
    public async Task<int> HashAllAsync(CancellationToken ct)
    {
        int waiting = 0;
        HutchError? failure = null;
        var pace = new ReadPace(options.HashBytesPerSecond, time);
        (long, string) after = default;
        while (await NextAsync(after, ct) is { Count: > 0 } files)
        {
            foreach (FolderFile file in files)
            {
                if (!IsQuiet(file.Stamp))
                {
                    waiting++;
                }
                else if (await TryHashAsync(file, pace, ct) is { } refusal)
                {
                    waiting++;
                    failure = refusal;
                }
            }

            after = (files[^1].Key, files[^1].Path.Value);
        }

        if (failure is not null)
        {
            LogNotHashed(logger, waiting, failure.Message);
        }

        return waiting;
    }

    private ValueTask<IReadOnlyList<FolderFile>> NextAsync((long Dataset, string Path) after, CancellationToken ct) =>
        records.ReadAsync(queries => queries.FolderFilesToHash(after, FilesAtOnce), ct);

    /// <summary>A time that lies ahead says nothing: the clocks differ.</summary>
    private bool IsQuiet(in FileStamp stamp)
    {
        long newest = Math.Max(stamp.ModifiedNanoseconds, stamp.ChangedNanoseconds) / Entry.NanosecondsPerMillisecond;
        TimeSpan age = time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(newest);
        return age < TimeSpan.Zero || age >= TimeSpan.FromSeconds(options.QuietSeconds);
    }

    /// <summary>Null when it was hashed, or another version of it was registered meanwhile.</summary>
    private async Task<HutchError?> TryHashAsync(FolderFile file, ReadPace pace, CancellationToken ct)
    {
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            BlobContent content = blobs.Of(file);
            await foreach (ReadOnlyMemory<byte> part in content.ReadAsync(0, content.Size, ct))
            {
                hash.AppendData(part.Span);
                await pace.RestAsync(part.Length, ct);
            }

            return (await registrar.SetHashAsync(file, new BlobHash(hash.GetHashAndReset()), ct)).Error;
        }
        catch (HutchException e)
        {
            return e.Error;
        }
    }

    private void Note(IReadOnlyList<JournalRecord> group)
    {
        if (group.Any(static record => record is JournalRecord.FileRegistered { Hashed: false }))
        {
            _registered.Writer.TryWrite(true);
        }
    }

    [LoggerMessage(
        EventId = 3110, Level = LogLevel.Information,
        Message = "{Count} files in folders are not hashed yet; tried again. The last: {Reason}")]
    private static partial void LogNotHashed(ILogger logger, int count, string reason);
}
