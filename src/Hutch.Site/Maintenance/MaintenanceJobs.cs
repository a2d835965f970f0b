using System.Collections.Concurrent;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Fairness;
using Microsoft.Extensions.Logging;

namespace Hutch.Site.Maintenance;

/// <summary>Starts upkeep in the background and remembers what came of it, until the server stops.</summary>
public sealed partial class MaintenanceJobs(
    GarbageCollector collector,
    Scrubber scrubber,
    Checkpointer checkpointer,
    WorkBoard board,
    Func<Guid> newId,
    TimeProvider time,
    ILogger<MaintenanceJobs> logger) : IAsyncDisposable
{
    private const int MaxRemembered = 100;

    private readonly Lock _starting = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Guid, MaintenanceJob> _jobs = new();
    private readonly ConcurrentDictionary<Guid, Task> _running = new();

    /// <summary>The jobs, newest first.</summary>
    public IReadOnlyList<MaintenanceJob> All => [.. _jobs.Values.OrderByDescending(job => job.Started)];

    /// <summary>A job, or null.</summary>
    public MaintenanceJob? Find(Guid id) => _jobs.GetValueOrDefault(id);

    /// <summary>Starts a job. One of each kind runs at a time.</summary>
    public Result<MaintenanceJob> Start(string kind) => kind switch
    {
        "gc" => Begin(kind, (_, ct) => CollectAsync(ct)),
        "scrub" => Begin(kind, ScrubAsync),
        "checkpoint" => Begin(kind, (_, ct) => CheckpointAsync(ct)),
        _ => ErrorCode.InvalidName.With($"'{kind}' is no job: gc, scrub, checkpoint or backup is needed."),
    };

    /// <summary>Starts a job of another part of the program, which is told where to note the part that is done, 0 to 1.</summary>
    public Result<MaintenanceJob> Start(string kind, Func<Action<double>, CancellationToken, Task<string>> work) =>
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

    private Result<MaintenanceJob> Begin(string kind, Func<Guid, CancellationToken, Task<string>> work)
    {
        using Lock.Scope scope = _starting.EnterScope();
        if (kind != "purge" && _jobs.Values.Any(job => job.Kind == kind && job.Finished is null))
        {
            return ErrorCode.Conflict.With($"A job '{kind}' is running already. Wait for it, or look at it under /api/v1/jobs.");
        }

        var job = new MaintenanceJob(newId(), kind, time.GetUtcNow(), null, "running", 0, null);
        ForgetOldest();
        _jobs[job.Id] = job;
        _running[job.Id] = Task.Run(() => RunAsync(job.Id, work));
        return job;
    }

    private async Task RunAsync(Guid id, Func<Guid, CancellationToken, Task<string>> work)
    {
        using IDisposable scope = board.Begin("", WorkClass.Background, "job", _jobs[id].Kind);
        try
        {
            string result = await work(id, _stop.Token);
            _jobs[id] = _jobs[id] with { Finished = time.GetUtcNow(), State = "done", Progress = 1, Result = result };
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            _jobs[id] = _jobs[id] with
            {
                Finished = time.GetUtcNow(),
                State = "cancelled",
                Result = "the server stopped; what was done stays done",
            };
            LogCancelled(logger, _jobs[id].Kind);
        }
        catch (Exception e)
        {
            _jobs[id] = _jobs[id] with { Finished = time.GetUtcNow(), State = "failed", Result = e.Message };
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

    private async Task<string> CollectAsync(CancellationToken ct) => Describe(await collector.CollectAsync(ct));

    private async Task<string> ScrubAsync(Guid id, CancellationToken ct)
    {
        ScrubSummary summary = await scrubber.RunAsync((done, all) => _jobs[id] = _jobs[id] with { Progress = (double)done / all }, ct);
        return summary.Damage.Count == 0
            ? $"{summary.Members} members ({summary.Bytes} bytes) in {summary.Segments} segments are as they were written"
            : $"{summary.Damage.Count} places are damaged: {string.Join("; ", summary.Damage.Take(20))}";
    }

    private async Task<string> CheckpointAsync(CancellationToken ct) =>
        $"a rebuild starts after record {(await checkpointer.TakeAsync(ct)).Value}";

    private static string Describe(CollectionReport report) =>
        $"{report.Retired} of {report.Segments} segments were rewritten: {report.FreedBytes} bytes freed, {report.MovedBytes} moved, "
        + $"{report.ForgottenBlobs} large blobs forgotten"
        + (report.LeftSegments == 0 ? "" : $"; {report.LeftSegments} segments could not be rewritten yet: it is tried again");

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
