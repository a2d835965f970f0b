using Hutch.Site.Engines.Segments;

namespace Hutch.Server;

/// <summary>Fills a data folder over a bucket with the site of a backup. Repeating it with the same or a later backup continues.</summary>
/// <param name="options">Of a server on the folder.</param>
/// <param name="restorer">Makes the copier onto a disk.</param>
internal sealed class BucketFill(ServeOptions options, Func<IDisk, BackupRestorer> restorer)
{
    private readonly LocalDisk _disk = LocalDisk.Instance;

    /// <param name="isStored">
    /// True to have all sealed segments in the bucket on return, each compared. Otherwise the first server stores them.
    /// </param>
    /// <param name="progress">Called with the part that is done, 0 to 1.</param>
    public async Task<Result<Done>> RunAsync(
        BackupFolder folder, BackupManifest manifest, string data, bool isStored, Action<double> progress, CancellationToken ct)
    {
        bool isBegun = _disk.FileExists(Path.Combine(data, SegmentInspection.BucketFolder, SegmentInspection.BucketRecord));
        if (!isBegun)
        {
            Result<Done> copied = await restorer(_disk).ContinueAsync(folder, manifest, data, DataFormat.Current, progress, ct);
            if (!copied.IsOk || !isStored)
            {
                return copied;
            }
        }

        using ILoggerFactory loggers = Loggers.Create(options);
        using IDisposable ownership = DataFolderLock.Acquire(_disk, data, options.AllowNetworkFileSystem);
        await using ISegmentBucket bucket = await options.Site.Bucket!.OpenAsync(_disk, data, options.Time, loggers, ct);
        if (isBegun)
        {
            // Segments that the bucket has need no local file any more.
            Result<Done> copied = await restorer(bucket.Disk).ContinueAsync(folder, manifest, data, DataFormat.Current, progress, ct);
            if (!copied.IsOk || !isStored)
            {
                return copied;
            }
        }

        return await bucket.SecureAsync(new CopiedSegments(manifest, data), ct);
    }

    /// <summary>The segments of a backup in the folder. The open ones change until the end of the move, and stay local.</summary>
    private sealed class CopiedSegments(BackupManifest manifest, string data) : ISealedSegments
    {
        public IReadOnlyList<SegmentSummary> List() =>
        [
            .. manifest.Files.Where(static file => file.Kind is BackupFileKind.Segment or BackupFileKind.OpenSegment)
                .Select(file => new SegmentSummary(
                    SegmentInspection.NumberOf(Path.GetFileName(file.Target)), Path.Combine(data, file.Target),
                    file.Kind == BackupFileKind.Segment))
                .OrderBy(static segment => segment.Number),
        ];

        public Task SealAsync(CancellationToken ct) => Task.CompletedTask;
    }
}
