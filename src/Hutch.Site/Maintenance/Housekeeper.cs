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
    SettledClock clock,
    TimeProvider time,
    ILogger<Housekeeper> logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PurgesEvery = TimeSpan.FromHours(1);

    public async Task RunAsync(CancellationToken ct)
    {
        DateTimeOffset start = time.GetUtcNow();
        Dictionary<IMaintenanceTask, DateTimeOffset> due = [];
        using var timer = new PeriodicTimer(LookEvery, time);
        DateTimeOffset purgesAt = start;
        do
        {
            if (purgesAt <= time.GetUtcNow())
            {
                purgesAt = time.GetUtcNow() + PurgesEvery;
                await TryAsync(ResumePurgesAsync, ct);
            }

            await EndAndThinAsync(ct);
            await TryAsync(
                _ =>
                {
                    StartDue(due, start);
                    return Task.CompletedTask;
                },
                ct);
        }
        while (await timer.WaitForNextTickAsync(ct));
    }

    /// <summary>Goes on with purges that a stop, or a disk that failed, has left half done.</summary>
    /// <returns>The job that does it; null when nothing is left to do.</returns>
    public async Task<MaintenanceJob?> ResumePurgesAsync(CancellationToken ct)
    {
        IReadOnlyList<SiteDataset> pending = await records.ReadAsync(queries => queries.PendingPurges(), ct);
        return pending.Count > 0 && !jobs.IsPurging && jobs.StartPurge(pending[0]).TryGet(out MaintenanceJob? job, out _) ? job : null;
    }

    /// <summary>Ends what is over and thins what is old, once, if the clock can be believed.</summary>
    public async Task EndAndThinAsync(CancellationToken ct)
    {
        await TryAsync(quotas.NoteDayAsync, ct);
        if (!clock.TryNow(out _))
        {
            return;
        }

        await TryAsync(lifecycle.EndWhatIsOverAsync, ct);
        await TryAsync(lifecycle.EndStaleSessionsAsync, ct);
        await TryAsync(rules.RunAsync, ct);
        await TryAsync(ThinAsync, ct);
    }

    private async Task ThinAsync(CancellationToken ct)
    {
        foreach (DatasetId dataset in await records.ReadAsync(queries => queries.DatasetsWithAutomaticSnapshots(snapshots.ThinBefore), ct))
        {
            await TryAsync(token => snapshots.ThinAsync(dataset, token), ct);
        }
    }

    /// <summary>What fails is tried again at the next look: a full disk, or damage in one place, must not end the rest of it.</summary>
    private async Task TryAsync(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        try
        {
            await work(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(logger, e);
        }
    }

    // By the tasks that there are at each look: one that was added since the start counts from the start too.
    private void StartDue(Dictionary<IMaintenanceTask, DateTimeOffset> due, DateTimeOffset start)
    {
        DateTimeOffset now = time.GetUtcNow();
        foreach (IMaintenanceTask task in jobs.Tasks)
        {
            if (task.Every is { } every && due.GetValueOrDefault(task, start + every) <= now && jobs.Start(task.Declaration.Kind).IsOk)
            {
                due[task] = now + every;
            }
        }
    }

    [LoggerMessage(EventId = 3202, Level = LogLevel.Warning, Message = "Housekeeping failed; retrying")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
