using Hutch.Catalog.Zone;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

/// <summary>The embedded engine: log and bytes in the segments of one data folder, which this process alone has open.</summary>
internal sealed class SegmentEngine : ISiteEngine, IRecordsSource
{
    private readonly RecoveryReport _recovery;
    private readonly ISegmentBucket? _bucket;
    private readonly SealedSegments _sealed;
    private readonly long _mergedBytes;

    private SegmentEngine(
        SegmentStore segments, RecoveryReport recovery, SegmentOptions options, ISegmentBucket? bucket, TimeProvider time)
    {
        _mergedBytes = bucket is null ? 0 : options.SegmentBytes;
        Segments = segments;
        (_recovery, _bucket, _sealed) = (recovery, bucket, new SealedSegments(segments));
        Log = new SegmentLog(segments, bucket, time);
        Bytes = new SegmentBytes(segments, bucket);
    }

    public ISiteLog Log { get; }

    public ISiteBytes Bytes { get; }

    public IRecordsSource Records => this;

    public IJobLeases Leases { get; } = new LocalLeases();

    public IJobList Jobs { get; } = new LocalJobList();

    public bool HasRecords => Segments.Segments.Any(static segment => segment.LastSequence > 0);

    public bool HasDamage => _recovery.HasDamage || Segments.IsIncomplete;

    /// <summary>The store itself: for tests, which damage its content.</summary>
    internal SegmentStore Segments { get; }

    /// <summary>Opens the segments of a data folder, and repairs the traces of a crash.</summary>
    /// <param name="bucket">The bucket with sealed segments; null where all are in the folder. Disposed of with the engine.</param>
    public static async Task<SegmentEngine> OpenAsync(
        IDisk disk, string dataFolder, SegmentOptions options, ISegmentBucket? bucket, TimeProvider time, CancellationToken ct)
    {
        RequireWritable(disk, FolderOf(dataFolder));
        (SegmentStore segments, RecoveryReport recovery) = await SegmentStore.OpenAsync(
            bucket?.Disk ?? disk, FolderOf(dataFolder), options, bucket?.LastNumber ?? 0, time, ct);
        return new SegmentEngine(segments, recovery, options, bucket, time);
    }

    /// <summary>Refuses a folder whose segments are in a bucket that the configuration does not name.</summary>
    /// <exception cref="HutchException">Segments would be missing.</exception>
    public static void RequireBucket(IDisk disk, string dataFolder, bool isNamed)
    {
        if (!isNamed && disk.FileExists(Path.Combine(dataFolder, SegmentInspection.BucketFolder, SegmentInspection.BucketRecord)))
        {
            throw ErrorCode.BadConfiguration.With(
                $"The segments of the data folder {Display.Quote(dataFolder)} are in a bucket, and the configuration names none: set "
                + "'storage.bucket.address'. Nothing was changed.").ToException();
        }
    }

    public Task CatchUpAsync(SiteDatabase records, CancellationToken ct) => SiteRebuilder.CatchUpAsync(Segments, records, ct);

    public EngineMaintenance CreateMaintenance(EngineSite site)
    {
        var temporary = new TemporarySegments(Segments, site);
        return new EngineMaintenance(
            new SegmentSweeper(Segments, temporary, site, _mergedBytes, _bucket?.Offline, SecureAsync),
            new SegmentScrubber(Segments, site.Options.Scrub, _bucket?.Offline),
            new SegmentWarnings(Segments, _recovery, site.Records, site.Checkpointer, _bucket),
            new StoredSegments(Segments, site.Committer, _bucket, _mergedBytes),
            temporary)
        {
            Loops = _bucket is { } bucket
                ?
                [
                    new EngineLoop("storing segments in the bucket", (_, ct) => bucket.RunAsync(_sealed, ct)),
                    new EngineLoop("watching the owner of the bucket", (_, ct) => bucket.WatchAsync(ct)),
                    .. bucket.Offline is null
                        ? (EngineLoop[])[]
                        : [new EngineLoop("moving segments to nearline storage", (_, ct) => bucket.RunNearlineAsync(_sealed, ct))],
                ]
                : [],
        };
    }

    public Task<Result<Done>> SecureAsync(CancellationToken ct) =>
        _bucket?.SecureAsync(_sealed, ct) ?? Task.FromResult<Result<Done>>(Done.Value);

    public bool IsTakenOver => _bucket?.IsTakenOver ?? false;

    public IZoneSafe? Accounts => _bucket is { } bucket ? new BucketAccounts(bucket) : null;

    public async Task<EngineReport> ReportAsync(CancellationToken ct) => _bucket is null
        ? EngineReport.OfFolder
        : EngineReport.OfFolder with { Stores = [await _bucket.ReportAsync(ct)] };

    public Task SealAsync(CancellationToken ct) => Segments.SealAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await Segments.DisposeAsync();
        await (_bucket?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>Reports at the start the error that the first write would meet. On a full disk the store still reads and deletes.</summary>
    private static void RequireWritable(IDisk disk, string folder)
    {
        string probe = Path.Combine(folder, ".probe.new");
        try
        {
            disk.CreateFolder(folder);
            disk.Delete(probe);
            disk.Open(probe, DiskAccess.CreateNew).Dispose();
            disk.Delete(probe);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or (IOException and not DiskFullException))
        {
            throw new IOException(
                $"The server cannot write to '{folder}': {e.Message.TrimEnd('.')}. "
                + "Check the disk, and that the server's user may write there.",
                e);
        }
        catch (DiskFullException)
        {
            disk.Delete(probe);
        }
    }

    internal static string FolderOf(string dataFolder) => Path.Combine(dataFolder, "segments");
}
