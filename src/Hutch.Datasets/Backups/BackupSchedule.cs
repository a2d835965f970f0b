using System.Diagnostics.Metrics;

namespace Hutch.Datasets.Backups;

public sealed class BackupSchedule(IDisk disk, MaintenanceJobs jobs, BackupOptions options, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(5);

    private long _newestTicks;

    /// <summary>Works until it is cancelled; does nothing without a folder.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var meter = new Meter("Hutch.Datasets.Backups");
        meter.CreateObservableGauge("hutch.backup.age.seconds", MeasureAge, "s", "Age of the newest scheduled backup");
        using var timer = new PeriodicTimer(LookEvery, time);
        do
        {
            await StartIfDueAsync(ct);
        }
        while (await timer.WaitForNextTickAsync(ct));
    }

    /// <summary>Starts a backup when the newest is too old; one that failed is tried again at the next look.</summary>
    /// <returns>The job; null when none is due.</returns>
    public async Task<MaintenanceJob?> StartIfDueAsync(CancellationToken ct)
    {
        if (options.Folder is not { } folder || NewestAge(folder) < TimeSpan.FromHours(options.EveryHours))
        {
            return null;
        }

        var wanted = new BackupRequest(folder, options.WithKeys, options.Keep);
        return (await jobs.StartAsync(BackupTask.Kind, BackupTask.Parameters(wanted), ct)).TryGet(out MaintenanceJob? job, out _)
            ? job
            : null;
    }

    private TimeSpan NewestAge(string folder)
    {
        if (!new BackupFolder(disk, folder).Manifest(null).TryGet(out BackupManifest? newest, out _))
        {
            return TimeSpan.MaxValue;
        }

        Volatile.Write(ref _newestTicks, newest.Time.UtcTicks);
        return time.GetUtcNow() - newest.Time;
    }

    // Nothing without a configured folder, and before the first backup is seen.
    private IEnumerable<Measurement<double>> MeasureAge() => Volatile.Read(ref _newestTicks) is > 0 and long ticks
        ? [new Measurement<double>((time.GetUtcNow() - new DateTimeOffset(ticks, TimeSpan.Zero)).TotalSeconds)]
        : [];
}
