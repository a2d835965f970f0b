using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

/// <summary>The embedded engine: log and bytes in the segments of one data folder, which this process alone has open.</summary>
internal sealed class SegmentEngine : ISiteEngine, IRecordsSource
{
    private readonly RecoveryReport _recovery;

    private SegmentEngine(SegmentStore segments, RecoveryReport recovery, TimeProvider time)
    {
        Segments = segments;
        _recovery = recovery;
        Log = new SegmentLog(segments, time);
        Bytes = new SegmentBytes(segments);
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
    public static async Task<SegmentEngine> OpenAsync(
        IDisk disk, string dataFolder, SegmentOptions options, TimeProvider time, CancellationToken ct)
    {
        RequireWritable(disk, FolderOf(dataFolder));
        (SegmentStore segments, RecoveryReport recovery) = await SegmentStore.OpenAsync(disk, FolderOf(dataFolder), options, time, ct);
        return new SegmentEngine(segments, recovery, time);
    }

    public Task CatchUpAsync(SiteDatabase records, CancellationToken ct) => SiteRebuilder.CatchUpAsync(Segments, records, ct);

    public EngineMaintenance CreateMaintenance(EngineSite site)
    {
        var temporary = new TemporarySegments(Segments, site);
        return new EngineMaintenance(
            new SegmentSweeper(Segments, temporary, site),
            new SegmentScrubber(Segments, site.Options.Scrub),
            new SegmentWarnings(Segments, _recovery, site.Records, site.Checkpointer),
            new StoredSegments(Segments, site.Committer),
            temporary);
    }

    public Task SealAsync(CancellationToken ct) => Segments.SealAsync(ct);

    public ValueTask DisposeAsync() => Segments.DisposeAsync();

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
