using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Life.Quotas;

namespace Hutch.Site.Life.Maintenance;

/// <summary>Runs the scheduled maintenance: ends expired datasets, thins out snapshots, takes checkpoints, collects and scrubs.</summary>
public sealed partial class Housekeeper(
    SiteDatabase records,
    OwnerQuotas quotas,
    DatasetLifecycle lifecycle,
    LifecycleRuleRunner rules,
    Snapshots snapshots,
    MaintenanceJobs jobs,
    TrustedClock clock,
    TimeProvider time,
    ILogger<Housekeeper> logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PurgesEvery = TimeSpan.FromHours(1);

    public async Task RunAsync(CancellationToken ct)
    {
        DateTimeOffset start = time.GetUtcNow();
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
            await TryAsync(token => StartDueAsync(start, token), ct);
        }
        while (await timer.WaitForNextTickAsync(ct));
    }

    /// <summary>Continues purges that a stop, or a disk failure, has left incomplete.</summary>
    /// <returns>The job that does it; null when none is left.</returns>
    public async Task<MaintenanceJob?> ResumePurgesAsync(CancellationToken ct)
    {
        IReadOnlyList<SiteDataset> pending = await records.ReadAsync(queries => queries.PendingPurges(), ct);
        return pending.Count > 0 && !await jobs.IsPurgingAsync(ct)
            && (await jobs.StartPurgeAsync(pending[0], ct)).TryGet(out MaintenanceJob? job, out _) ? job : null;
    }

    /// <summary>Ends expired data and thins out old snapshots, once, if the clock can be trusted.</summary>
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
        await TryAsync(snapshots.DropLeftOutAsync, ct);
    }

    private async Task ThinAsync(CancellationToken ct)
    {
        foreach (DatasetId dataset in await records.ReadAsync(queries => queries.DatasetsWithAutomaticSnapshots(snapshots.ThinBefore), ct))
        {
            await TryAsync(token => snapshots.ThinAsync(dataset, token), ct);
        }

        foreach (OwnerQuota quota in await records.ReadAsync(static queries => queries.Quotas(), ct))
        {
            await TryAsync(token => quota.Bytes is null ? Task.CompletedTask : snapshots.ThinForAsync(quota, token), ct);
        }
    }

    /// <summary>Retries failed work at the next check: a full disk, or damage in one place, must not end the rest of it.</summary>
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

    /// <summary>
    /// Starts the tasks whose last start, at any server, is too long ago, or that are due early; a task that never ran counts from the
    /// start of this server.
    /// </summary>
    internal async Task StartDueAsync(DateTimeOffset start, CancellationToken ct)
    {
        ILookup<string, DateTimeOffset> begun = (await jobs.ListAsync(ct)).Value
            .ToLookup(static job => job.Kind, static job => job.Started);
        foreach (IMaintenanceTask task in jobs.Tasks)
        {
            string kind = task.Declaration.Kind;
            if (task.Every is { } every && (task.IsDueEarly || begun[kind].DefaultIfEmpty(start).Max() + every <= time.GetUtcNow()))
            {
                // Refused only when one has just been started elsewhere, or nothing can be started: the next look sees.
                _ = await jobs.StartAsync(kind, [], ct);
            }
        }
    }

    [LoggerMessage(EventId = 3202, Level = LogLevel.Warning, Message = "Housekeeping failed; retrying")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
