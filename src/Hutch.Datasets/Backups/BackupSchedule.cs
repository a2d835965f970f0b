using Hutch.Datasets.Maintenance;
using Hutch.Disk;
using Hutch.Model;

namespace Hutch.Datasets.Backups;

/// <summary>Starts backups by the clock, when a folder for them is configured.</summary>
public sealed class BackupSchedule(IDisk disk, BackupWriter writer, MaintenanceJobs jobs, BackupOptions options, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(5);

    /// <summary>Works until it is cancelled; does nothing without a folder.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        do
        {
            StartIfDue();
        }
        while (await timer.WaitForNextTickAsync(ct));
    }

    /// <summary>Starts a backup when the newest is too old; one that failed is tried again at the next look.</summary>
    /// <returns>The job; null when none is due.</returns>
    public MaintenanceJob? StartIfDue()
    {
        if (options.Folder is not { } folder || NewestAge(folder) < TimeSpan.FromHours(options.EveryHours))
        {
            return null;
        }

        return Start(new BackupRequest(folder, options.WithKeys, options.Keep)).TryGet(out MaintenanceJob? job, out _) ? job : null;
    }

    /// <summary>Starts a backup now.</summary>
    public Result<MaintenanceJob> Start(BackupRequest wanted) => jobs.Start(
        "backup",
        async (progress, ct) =>
        {
            BackupSummary summary = (await writer.CreateAsync(wanted, progress, ct)).Value;
            return Describe(summary);
        });

    /// <summary>What came of a backup, in a sentence.</summary>
    public static string Describe(BackupSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return $"backup {summary.Name}: {summary.Files} files, {summary.Bytes} bytes; {summary.CopiedBytes} copied, {summary.LinkedBytes} linked, {summary.ReusedBytes} there already"
            + (summary.Removed == 0 ? "" : $"; {summary.Removed} older removed")
            + (summary.Damage.Count == 0 ? "" : $"; DAMAGE in the data folder: {string.Join("; ", summary.Damage.Take(20))}");
    }

    private TimeSpan NewestAge(string folder) =>
        new BackupFolder(disk, folder).Manifest(null).TryGet(out BackupManifest? newest, out _) ? time.GetUtcNow() - newest.Time : TimeSpan.MaxValue;
}
