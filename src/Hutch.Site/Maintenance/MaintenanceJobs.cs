using System.Collections.Concurrent;
using System.Text.Json;
using Hutch.Model;
using Hutch.Model.Maintenance;
using Hutch.Model.Parameters;
using Hutch.Model.Site;
using Hutch.Site.Fairness;
using Microsoft.Extensions.Logging;

namespace Hutch.Site.Maintenance;

/// <summary>Runs maintenance tasks in the background and remembers what came of them, until the server stops.</summary>
public sealed partial class MaintenanceJobs(
    GarbageCollector collector, WorkRegistry registry, Func<Guid> newId, TimeProvider time, ILogger<MaintenanceJobs> logger)
    : IAsyncDisposable
{
    private const int MaxRemembered = 100;

    private const string PurgeKind = "purge";

    private readonly List<IMaintenanceTask> _tasks = [];
    private readonly Lock _starting = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Guid, MaintenanceJob> _jobs = new();
    private readonly ConcurrentDictionary<Guid, Task> _running = new();

    /// <summary>The jobs, newest first.</summary>
    public IReadOnlyList<MaintenanceJob> All => [.. _jobs.Values.OrderByDescending(job => job.Started)];

    public MaintenanceJob? Find(Guid id) => _jobs.GetValueOrDefault(id);

    /// <summary>The tasks that can be asked for, as they were added.</summary>
    public IReadOnlyList<IMaintenanceTask> Tasks => _tasks;

    /// <summary>Whether the files of a purged dataset are being removed.</summary>
    public bool IsPurging => _jobs.Values.Any(job => job.Kind == PurgeKind && job.Finished is null);

    /// <summary>Offers a task. For composition, before the first job starts.</summary>
    /// <exception cref="ArgumentException">There is one of that kind.</exception>
    public void Add(IMaintenanceTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.Declaration.Kind == PurgeKind || _tasks.Any(one => one.Declaration.Kind == task.Declaration.Kind))
        {
            throw new ArgumentException($"There are two maintenance tasks '{task.Declaration.Kind}'.", nameof(task));
        }

        _tasks.Add(task);
    }

    /// <summary>What a kind of job is, or which kinds there are.</summary>
    public Result<TaskDeclaration> Describe(string kind) => Find(kind).Then<TaskDeclaration>(task => task.Declaration);

    /// <summary>Starts a job. One of each kind runs at a time.</summary>
    /// <param name="kind">The kind of one of the tasks.</param>
    /// <param name="given">Its parameters.</param>
    public Result<MaintenanceJob> Start(string kind, params IEnumerable<KeyValuePair<string, JsonElement>> given) =>
        Find(kind).Then(task => ParameterValues.Check(task.Declaration, given).Then(values => Begin(
            kind, (id, ct) => task.RunAsync(values, part => _jobs[id] = _jobs[id] with { Progress = part }, ct))));

    /// <summary>Rewrites everything that can hold something of a purged dataset. Not a task, as nobody can ask for it.</summary>
    public Result<MaintenanceJob> StartPurge(SiteDataset purged) => Begin(
        PurgeKind, async (_, ct) => CollectionTask.Describe(await collector.CollectPurgedAsync(purged, ct)));

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
        if (kind != PurgeKind && _jobs.Values.Any(job => job.Kind == kind && job.Finished is null))
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

    private Result<IMaintenanceTask> Find(string kind) => _tasks.Find(task => task.Declaration.Kind == kind) is { } found
        ? Result<IMaintenanceTask>.Ok(found)
        : ErrorCode.InvalidName.With($"'{kind}' is not a job: use {KnownKinds()}.");

    private string KnownKinds()
    {
        string[] kinds = [.. _tasks.Select(task => task.Declaration.Kind)];
        return kinds.Length < 2 ? string.Concat(kinds) : $"{string.Join(", ", kinds[..^1])} or {kinds[^1]}";
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
