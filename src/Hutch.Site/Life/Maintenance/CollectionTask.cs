using Hutch.Model.Maintenance;
using Hutch.Model.Parameters;

namespace Hutch.Site.Life.Maintenance;

/// <summary><c>gc</c>: frees unreferenced bytes.</summary>
internal sealed class CollectionTask(GarbageCollector collector, CollectorOptions options, Func<StoredSpace> space) : IMaintenanceTask
{
    /// <summary>The least part of the disk to be written before, so that a disk full of live data is not searched all the time.</summary>
    private const int LeastDiskPercent = 1;

    /// <summary>The number of new small files that does not wait for the time of a collection.</summary>
    private const int ManySmall = 1000;

    private long _bytesAfter = space().StoredBytes;
    private int _smallAfter = space().SmallFiles;

    public TaskDeclaration Declaration { get; } = new() { Kind = "gc", Description = "Free the space of data that nothing refers to." };

    public TimeSpan? Every => TimeSpan.FromHours(options.EveryHours);

    public bool IsDueEarly
    {
        get
        {
            StoredSpace now = space();
            long written = now.StoredBytes - Volatile.Read(ref _bytesAfter);
            return now.SmallFiles - Volatile.Read(ref _smallAfter) >= ManySmall
                || (options.EarlyPercent > 0
                && written > now.DiskBytes / 100 * LeastDiskPercent
                && written > now.FreeBytes / 100 * options.EarlyPercent);
        }
    }

    public async Task<JobOutcome> RunAsync(ParameterValues values, Action<double> progress, CancellationToken cancellationToken)
    {
        CollectionReport report = await collector.CollectAsync(cancellationToken);
        StoredSpace now = space();
        Volatile.Write(ref _bytesAfter, now.StoredBytes);
        Volatile.Write(ref _smallAfter, now.SmallFiles);
        return Describe(report);
    }

    internal static JobOutcome Describe(CollectionReport report)
    {
        string message = $"Freed {Display.Bytes(report.FreedBytes)}: rewrote {report.Retired} of {report.Segments} segments "
            + $"(moved {Display.Bytes(report.MovedBytes)}), dropped {report.ForgottenBlobs} large blobs."
            + (report.LeftSegments == 0 ? "" : $" {report.LeftSegments} segments cannot be rewritten yet and are retried.")
            + (report.UncleanServers is { Count: > 0 } unclean
                ? $" Not complete yet: these servers have not said that their own disks are clean: {string.Join(", ", unclean)}."
                : "");
        return JobOutcome.From(message, report, JobReportJson.Default.CollectionReport);
    }
}

/// <param name="StoredBytes">The bytes of all segments or objects.</param>
/// <param name="SmallFiles">The number of files that a collection could merge.</param>
/// <param name="FreeBytes">The bytes that can still be placed.</param>
internal readonly record struct StoredSpace(long StoredBytes, long FreeBytes, long DiskBytes, int SmallFiles = 0);
