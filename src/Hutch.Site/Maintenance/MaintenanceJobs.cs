using System.Collections.Concurrent;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Fairness;
using Microsoft.Extensions.Logging;

namespace Hutch.Site.Maintenance;

/// <summary>Starts upkeep in the background and remembers what came of it, until the server stops.</summary>
public sealed partial class MaintenanceJobs(
    GarbageCollector collector,
    IScrubber scrubber,
    Checkpointer checkpointer,
    WorkRegistry registry,
    Func<Guid> newId,
    TimeProvider time,
    ILogger<MaintenanceJobs> logger) : IAsyncDisposable
{
    private const int MaxRemembered = 100;
    private const int MaxShownDamage = 20;

    private readonly Lock _starting = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Guid, MaintenanceJob> _jobs = new();
    private readonly ConcurrentDictionary<Guid, Task> _running = new();

    /// <summary>The jobs, newest first.</summary>
    public IReadOnlyList<MaintenanceJob> All => [.. _jobs.Values.OrderByDescending(job => job.Started)];

    public MaintenanceJob? Find(Guid id) => _jobs.GetValueOrDefault(id);

    /// <summary>Starts a job. One of each kind runs at a time.</summary>
    public Result<MaintenanceJob> Start(string kind) => kind switch
    {
        "gc" => Begin(kind, (_, ct) => CollectAsync(ct)),
        "scrub" => Begin(kind, ScrubAsync),
        "checkpoint" => Begin(kind, (_, ct) => CheckpointAsync(ct)),
        _ => ErrorCode.InvalidName.With($"'{kind}' is not a job: use gc, scrub, checkpoint or backup."),
    };

    /// <summary>Starts a job of another part of the program, which is told where to note the part that is done, 0 to 1.</summary>
    public Result<MaintenanceJob> Start(string kind, Func<Action<double>, CancellationToken, Task<JobOutcome>> work) =>
        Begin(kind, (id, ct) => work(part => _jobs[id] = _jobs[id] with { Progress = part }, ct));

    /// <summary>Rewrites everything that can hold something of a purged dataset.</summary>
    public Result<MaintenanceJob> StartPurge(SiteDataset purged) =>
        Begin("purge", async (_, ct) => Describe(await collector.CollectPurgedAsync(purged, ct)));

    /// <summary>Ends when a job has.</summary>
    public Task WaitAsync(Guid id, CancellationToken ct) =>
        _running.TryGetValue(id, out Task? running) ? running.WaitAsync(ct) : Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running.Values);
        _stop.Dispose();
    }

    private Result<MaintenanceJob> Begin(string kind, Func<Guid, CancellationToken, Task<JobOutcome>> work)
    {
        using Lock.Scope scope = _starting.EnterScope();
        if (kind != "purge" && _jobs.Values.Any(job => job.Kind == kind && job.Finished is null))
        {
            return ErrorCode.Conflict.With($"A job '{kind}' is already running. Wait for it; /api/v1/jobs shows its progress.");
        }

        var job = new MaintenanceJob(newId(), kind, time.GetUtcNow());
        ForgetOldest();
        _jobs[job.Id] = job;
        _running[job.Id] = Task.Run(() => RunAsync(job.Id, work));
        return job;
    }

    private async Task RunAsync(Guid id, Func<Guid, CancellationToken, Task<JobOutcome>> work)
    {
        using IDisposable scope = registry.Begin("", WorkClass.Background, "job", _jobs[id].Kind);
        try
        {
            JobOutcome outcome = await work(id, _stop.Token);
            _jobs[id] = _jobs[id] with
            {
                Finished = time.GetUtcNow(),
                State = "done",
                Progress = 1,
                Message = outcome.Message,
                Report = outcome.Report,
            };
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            _jobs[id] = _jobs[id] with
            {
                Finished = time.GetUtcNow(),
                State = "cancelled",
                Message = "The server stopped. What was done is kept.",
            };
            LogCancelled(logger, _jobs[id].Kind);
        }
        catch (Exception e)
        {
            _jobs[id] = _jobs[id] with { Finished = time.GetUtcNow(), State = "failed", Message = e.Message };
            LogFailed(logger, _jobs[id].Kind, e);
        }
        finally
        {
            lock (_starting)
            {
                _running.TryRemove(id, out _);
            }
        }
    }

    private async Task<JobOutcome> CollectAsync(CancellationToken ct) => Describe(await collector.CollectAsync(ct));

    private async Task<JobOutcome> ScrubAsync(Guid id, CancellationToken ct)
    {
        ScrubSummary summary = await scrubber.RunAsync((done, all) => _jobs[id] = _jobs[id] with { Progress = (double)done / all }, ct);
        string read = $"{summary.Members} members ({Display.Bytes(summary.Bytes)}) in {summary.Segments} segments";
        string message = summary.Damage.Count == 0
            ? $"Verified {read}: no damage."
            : $"Verified {read}. Damaged: {string.Join("; ", summary.Damage.Take(MaxShownDamage))}.";
        return JobOutcome.Of(message, summary, JobReportJson.Default.ScrubSummary);
    }

    private async Task<JobOutcome> CheckpointAsync(CancellationToken ct)
    {
        var report = new CheckpointReport((await checkpointer.TakeAsync(ct)).Value);
        return JobOutcome.Of($"A rebuild now starts after record {report.Record}.", report, JobReportJson.Default.CheckpointReport);
    }

    private static JobOutcome Describe(CollectionReport report)
    {
        string message = $"Freed {Display.Bytes(report.FreedBytes)}: rewrote {report.Retired} of {report.Segments} segments "
            + $"(moved {Display.Bytes(report.MovedBytes)}), dropped {report.ForgottenBlobs} large blobs."
            + (report.LeftSegments == 0 ? "" : $" {report.LeftSegments} segments cannot be rewritten yet and are retried.");
        return JobOutcome.Of(message, report, JobReportJson.Default.CollectionReport);
    }

    private void ForgetOldest()
    {
        foreach (MaintenanceJob old in All.Where(job => job.Finished is not null).Skip(MaxRemembered))
        {
            _jobs.TryRemove(old.Id, out _);
        }
    }

    [LoggerMessage(EventId = 3203, Level = LogLevel.Information, Message = "The job '{Kind}' was ended by the stop of the server")]
    private static partial void LogCancelled(ILogger logger, string kind);

    [LoggerMessage(EventId = 3201, Level = LogLevel.Error, Message = "The job '{Kind}' failed")]
    private static partial void LogFailed(ILogger logger, string kind, Exception exception);
}
