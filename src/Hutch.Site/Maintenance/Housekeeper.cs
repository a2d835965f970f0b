using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Lifecycle;
using Hutch.Site.Quotas;
using Microsoft.Extensions.Logging;

namespace Hutch.Site.Maintenance;

/// <summary>Does by the clock what nobody asks for: ends what is over, thins snapshots, takes checkpoints, collects, scrubs.</summary>
public sealed partial class Housekeeper(
    SiteDatabase records,
    OwnerQuotas quotas,
    DatasetLifecycle lifecycle,
    LifecycleRuleRunner rules,
    Snapshots snapshots,
    MaintenanceJobs jobs,
    CollectorOptions collector,
    ScrubOptions scrub,
    TimeProvider time,
    ILogger<Housekeeper> logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PurgesEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan CheckpointEvery = TimeSpan.FromHours(1);

    public async Task RunAsync(CancellationToken ct)
    {
        DateTimeOffset start = time.GetUtcNow();
        var due = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal)
        {
            ["checkpoint"] = start + CheckpointEvery,
            ["gc"] = start + TimeSpan.FromHours(collector.EveryHours),
            ["scrub"] = start + TimeSpan.FromDays(scrub.EveryDays),
        };
        using var timer = new PeriodicTimer(LookEvery, time);
        DateTimeOffset purgesAt = start;
        do
        {
            try
            {
                if (purgesAt <= time.GetUtcNow())
                {
                    purgesAt = time.GetUtcNow() + PurgesEvery;
                    await ResumePurgesAsync(ct);
                }

                await EndAndThinAsync(ct);
                StartDue(due);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Tried again at the next look; a full disk or a locked database must not end housekeeping for good.
                LogFailed(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(ct));
    }

    /// <summary>Goes on with purges that a stop, or a disk that failed, has left half done.</summary>
    /// <returns>The job that does it; null when nothing is left to do.</returns>
    public async Task<MaintenanceJob?> ResumePurgesAsync(CancellationToken ct)
    {
        IReadOnlyList<SiteDataset> pending = await records.ReadAsync(queries => queries.PendingPurges(), ct);
        bool isRunning = jobs.All.Any(job => job.Kind == "purge" && job.Finished is null);
        return pending.Count > 0 && !isRunning && jobs.StartPurge(pending[0]).TryGet(out MaintenanceJob? job, out _) ? job : null;
    }

    /// <summary>Ends what is over and thins what is old, once.</summary>
    public async Task EndAndThinAsync(CancellationToken ct)
    {
        await lifecycle.EndWhatIsOverAsync(ct);
        await lifecycle.EndStaleSessionsAsync(ct);
        await rules.RunAsync(ct);
        await quotas.NoteDayAsync(ct);
        foreach (DatasetId dataset in await records.ReadAsync(queries => queries.DatasetsWithAutomaticSnapshots(snapshots.ThinBefore), ct))
        {
            await snapshots.ThinAsync(dataset, ct);
        }
    }

    private void StartDue(Dictionary<string, DateTimeOffset> due)
    {
        DateTimeOffset now = time.GetUtcNow();
        foreach ((string kind, DateTimeOffset when) in due.ToList())
        {
            if (when <= now && jobs.Start(kind).IsOk)
            {
                due[kind] = now + kind switch
                {
                    "checkpoint" => CheckpointEvery,
                    "gc" => TimeSpan.FromHours(collector.EveryHours),
                    _ => TimeSpan.FromDays(scrub.EveryDays),
                };
            }
        }
    }

    [LoggerMessage(EventId = 3202, Level = LogLevel.Warning, Message = "Housekeeping failed; retrying")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
