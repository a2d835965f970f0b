using System.Collections.Concurrent;
using System.Text.Json;
using Hutch.Model.Maintenance;
using Hutch.Model.Parameters;
using Hutch.Site.Platform.Fairness;
using Hutch.Site.Platform.Leases;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Life.Maintenance;

/// <summary>Runs maintenance tasks in the background, one of a kind at a time over all servers, and notes their outcome.</summary>
public sealed partial class MaintenanceJobs(
    GarbageCollector collector, IJobLeases leases, IJobList list, ActiveRequests registry, Func<Guid> newId, TimeProvider time,
    ILogger<MaintenanceJobs> logger)
    : IAsyncDisposable
{
    private const string PurgeKind = "purge";

    /// <summary>The time between two reports of a job's progress to the other servers, and between retries of failed reports.</summary>
    private static readonly TimeSpan ShowEvery = TimeSpan.FromSeconds(2);

    private readonly List<IMaintenanceTask> _tasks = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Guid, RunningJob> _running = new();

    /// <summary>The tasks that can be started, in the order in which they were added.</summary>
    public IReadOnlyList<IMaintenanceTask> Tasks => _tasks;

    /// <summary>Offers a task. For composition, before the first job starts.</summary>
    /// <exception cref="ArgumentException">There is one of that kind.</exception>
    public void Add(IMaintenanceTask task)
    {
        if (task.Declaration.Kind == PurgeKind || _tasks.Any(one => one.Declaration.Kind == task.Declaration.Kind))
        {
            throw new ArgumentException($"There are two maintenance tasks '{task.Declaration.Kind}'.", nameof(task));
        }

        _tasks.Add(task);
    }

    /// <summary>Returns the jobs of all servers, newest first: running ones, and the last that have ended.</summary>
    public async Task<Result<IReadOnlyList<MaintenanceJob>>> ListAsync(CancellationToken ct)
    {
        try
        {
            IReadOnlyList<MaintenanceJob> noted = await list.ReadAsync(ct);

            // How far those of this server are is known better here.
            return Result<IReadOnlyList<MaintenanceJob>>.Ok(
            [
                .. noted.Select(job => _running.TryGetValue(job.Id, out RunningJob? running)
                    ? running.Job with { Server = job.Server }
                    : job),
            ]);
        }
        catch (StorageRefusedException e)
        {
            return RefusedWrite.From(e, "Try again.");
        }
    }

    /// <summary>Returns true if the files of a purged dataset are being removed, at any server.</summary>
    public async Task<bool> IsPurgingAsync(CancellationToken ct) =>
        (await ListAsync(ct)).Value.Any(static job => job.Kind == PurgeKind && job.Finished is null);

    /// <summary>Returns the declaration of a kind of job; the refusal lists the kinds.</summary>
    public Result<TaskDeclaration> Describe(string kind) => Find(kind).Then<TaskDeclaration>(task => task.Declaration);

    /// <summary>Starts a job. One of each kind runs at a time.</summary>
    /// <param name="ct">Cancels the start, not the job.</param>
    public async Task<Result<MaintenanceJob>> StartAsync(
        string kind, IEnumerable<KeyValuePair<string, JsonElement>> given, CancellationToken ct)
    {
        if (!Find(kind).TryGet(out IMaintenanceTask? task, out HutchError? refusal)
            || !ParameterValues.Check(task.Declaration, given).TryGet(out ParameterValues? values, out refusal))
        {
            return refusal;
        }

        try
        {
            return await leases.TryAcquireAsync($"job {kind}", ct) is { } lease
                ? await BeginAsync(kind, lease, (progress, token) => task.RunAsync(values, progress, token), ct)
                : ErrorCode.Conflict.With($"A job '{kind}' is already running. Wait for it; /api/v1/jobs shows its progress.");
        }
        catch (StorageRefusedException e)
        {
            return RefusedWrite.From(e, "No job was started.");
        }
    }

    /// <summary>Rewrites all files that can hold bytes of a purged dataset. Not a task, as no caller can request it.</summary>
    public async Task<Result<MaintenanceJob>> StartPurgeAsync(SiteDataset purged, CancellationToken ct)
    {
        try
        {
            return await BeginAsync(
                PurgeKind, null, async (_, token) => CollectionTask.Describe(await collector.CollectPurgedAsync(purged, token)), ct);
        }
        catch (StorageRefusedException e)
        {
            return RefusedWrite.From(e, "Housekeeping starts the purge later.");
        }
    }

    public Task WaitAsync(Guid id, CancellationToken ct) =>
        _running.TryGetValue(id, out RunningJob? running) ? running.Work.WaitAsync(ct) : Task.CompletedTask;

    /// <summary>Ends the running jobs early.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running.Values.Select(static running => running.Work)).WaitAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _stop.Dispose();
    }

    private async Task<MaintenanceJob> BeginAsync(
        string kind, IJobLease? lease, Func<Action<double>, CancellationToken, Task<JobOutcome>> work, CancellationToken ct)
    {
        var running = new RunningJob(new MaintenanceJob(newId(), kind, time.GetUtcNow()), lease);
        try
        {
            await list.RecordAsync(running.Job, ct);
        }
        catch
        {
            await (lease?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw;
        }

        _running[running.Job.Id] = running;
        running.Work = Task.Run(() => RunAsync(running, work), CancellationToken.None);

        return running.Job;
    }

    private async Task RunAsync(RunningJob running, Func<Action<double>, CancellationToken, Task<JobOutcome>> work)
    {
        using IDisposable scope = registry.Begin("", RequestClass.Background, "job", running.Job.Kind);
        await using IJobLease? lease = running.Lease;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, lease?.Lost ?? CancellationToken.None);
        Task<MaintenanceJob> ending = EndAsync(running, work, either.Token);
        double shown = 0;
        while (await Task.WhenAny(ending, Task.Delay(ShowEvery, time, CancellationToken.None)) != ending)
        {
            // Should this fail, the next look shows it, or the end.
            shown = running.Job.Progress == shown || await TryNoteAsync(running.Job) ? running.Job.Progress : shown;
        }

        running.Job = await ending;
        while (!await TryNoteAsync(running.Job) && !_stop.IsCancellationRequested)
        {
            await Task.Delay(ShowEvery, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _running.TryRemove(running.Job.Id, out _);
    }

    private async Task<MaintenanceJob> EndAsync(
        RunningJob running, Func<Action<double>, CancellationToken, Task<JobOutcome>> work, CancellationToken ct)
    {
        try
        {
            JobOutcome outcome = await work(part => running.Job = running.Job with { Progress = part }, ct);
            return Ended("done", outcome.Message) with { Progress = 1, Report = outcome.Report };
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            LogCancelled(logger, running.Job.Kind);
            return Ended("cancelled", "The server stopped. What was done is kept.");
        }
        catch (OperationCanceledException) when (running.Lease?.Lost.IsCancellationRequested == true)
        {
            return Ended("failed", "The server could not say in time that it still does this. What was done is kept. Start it again.");
        }
        catch (Exception e)
        {
            LogFailed(logger, running.Job.Kind, e);
            return Ended("failed", e.Message);
        }

        MaintenanceJob Ended(string state, string? message) =>
            running.Job with { Finished = time.GetUtcNow(), State = state, Message = message };
    }

    private async Task<bool> TryNoteAsync(MaintenanceJob job)
    {
        try
        {
            await list.RecordAsync(job, CancellationToken.None);
            return true;
        }
        catch (StorageRefusedException e)
        {
            LogNotNoted(logger, job.Kind, e);
            return false;
        }
    }

    private Result<IMaintenanceTask> Find(string kind) => _tasks.Find(task => task.Declaration.Kind == kind) is { } found
        ? Result<IMaintenanceTask>.Ok(found)
        : ErrorCode.InvalidName.With($"'{kind}' is not a job: use {KnownKinds()}.");

    private string KnownKinds()
    {
        string[] kinds = [.. _tasks.Select(task => task.Declaration.Kind)];
        return kinds.Length < 2 ? string.Concat(kinds) : $"{string.Join(", ", kinds[..^1])} or {kinds[^1]}";
    }

    [LoggerMessage(EventId = 3203, Level = LogLevel.Information, Message = "The job '{Kind}' was ended by the stop of the server")]
    private static partial void LogCancelled(ILogger logger, string kind);

    [LoggerMessage(EventId = 3201, Level = LogLevel.Error, Message = "The job '{Kind}' failed")]
    private static partial void LogFailed(ILogger logger, string kind, Exception exception);

    [LoggerMessage(
        EventId = 3207, Level = LogLevel.Debug,
        Message = "The other servers could not be shown the status of the job '{Kind}'; it is retried")]
    private static partial void LogNotNoted(ILogger logger, string kind, Exception exception);
}
