using Hutch.Processing;
using Hutch.Programs;
using Hutch.Programs.Documents;
using Hutch.Programs.Engines;
using Hutch.Programs.Queue;
using Hutch.Zone.Grants;
using Microsoft.Extensions.Logging;

namespace Hutch.Datasets.Programs;

/// <summary>
/// Hands waiting runs to engines, fairly, and notices attempts that ended without a result. Each decision is a commit that is refused when
/// the run has changed: a second dispatcher or a slow engine causes extra work, never a second result.
/// </summary>
public sealed partial class ProgramDispatcher(
    ProgramLibrary library, RunServices records, StartPermission permission, ProgramTriggers triggers,
    RerunComparer comparer, ProgramQueue queue, DatasetNotices notices, ProgramOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>The lease of the loop: one server of a site dispatches.</summary>
    public const string Job = "programs";

    // A command of a batch system is a process that mostly waits for its server.
    private const int MaxSubmissions = 4;

    // A step is short, so that attempts that ended do not wait for a thousand submissions. A close ends it sooner.
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <summary>The smallest program: an engine that does not take it takes nothing.</summary>
    private static readonly TaskLimits Least = new(1, 1, 1, 1, 1, 1, Network: false);

    // The runs that engines may have, and the place in the order of changes up to which they are known.
    private readonly Dictionary<Guid, RunTaskState> _issued = [];
    private long _known;

    public async Task RunAsync(CancellationToken ct)
    {
        Task comparing = Task.CompletedTask;
        Task handing = Task.CompletedTask;
        while (true)
        {
            await triggers.StepAsync(ct);
            if (handing.IsCompleted)
            {
                // Sites that are away keep nothing here waiting.
                await handing;
                handing = triggers.HandOverAsync(ct);
            }

            await StepAsync(ct);
            if (comparing.IsCompleted)
            {
                // Large files take time, in which other runs start.
                await comparing;
                comparing = comparer.StepAsync(ct);
            }

            await queue.WaitAsync(Step, ct);
        }
    }

    /// <summary>Looks after all attempts once, and starts as many runs as engines take.</summary>
    public async Task StepAsync(CancellationToken ct)
    {
        await RefreshAsync(ct);
        bool hasLost = false;
        foreach (IProgramEngine engine in queue.Engines)
        {
            hasLost |= await LookAfterAsync(engine, [.. _issued.Values.Where(run => run.Attempt.Engine == engine.Name)], ct);
        }

        if (hasLost)
        {
            await RefreshAsync(ct);
        }

        await StartAsync(ct);
    }

    /// <summary>
    /// Reads what has changed, and cancels outdated attempts: those of ended runs, whose user gets a notice, and those that a newer attempt
    /// replaced. Engines may have thousands.
    /// </summary>
    private async Task RefreshAsync(CancellationToken ct)
    {
        TaskChanges changes = await records.Attempts.ChangesAsync(_known, ct);
        var old = new List<RunTaskState>();
        foreach ((RunTaskState run, bool isIssued) in changes.Runs)
        {
            if (_issued.Remove(run.Run, out RunTaskState? before) && !(isIssued && before.Key == run.Key))
            {
                old.Add(before);
            }

            if (isIssued)
            {
                _issued.Add(run.Run, run);
            }
        }

        _known = changes.Through;
        if (changes.Runs.Count > 0)
        {
            queue.Keep(attempt => _issued.TryGetValue(attempt.Run, out RunTaskState? run) && run.Key == attempt);
        }

        foreach (IGrouping<string?, RunTaskState> ofEngine in old.GroupBy(static run => run.Attempt.Engine))
        {
            IProgramEngine? engine = queue.Engines.FirstOrDefault(engine => engine.Name == ofEngine.Key);
            await (engine?.CancelAsync([.. ofEngine.Select(static run => run.Key)], ct) ?? ValueTask.CompletedTask);
        }

        foreach (RunTaskState run in old)
        {
            await NotifyAsync(run.Run, ct);
        }
    }

    /// <summary>Notifies the account that started a run of its end, unless a person stopped it.</summary>
    private async Task NotifyAsync(Guid id, CancellationToken ct)
    {
        if (await records.Attempts.FindAsync(id, ct) is { Finished: { } finished, Outcome: { } outcome } run
            && outcome is "done" or "failed")
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"{id:N} {finished}");
            string state = outcome == "failed" ? ""
                : run.Description.Task?.Closes == true ? "They are closed: this version never changes."
                : "They are open: `hutch close` makes this version permanent, and starts programs that wait for that.";
            var notice = DatasetNotice.RunEnded(key, run.Description.Program, outcome, run.Message, state);
            await notices.NotifyUserAsync(run.Outputs[0], notice, run.Description.User, ct);
        }
    }

    private async Task<bool> LookAfterAsync(IProgramEngine engine, IReadOnlyList<RunTaskState> runs, CancellationToken ct)
    {
        IReadOnlyDictionary<AttemptKey, EngineState> states = await engine.StatesAsync([.. runs.Select(static run => run.Key)], ct);
        bool hasLost = false;
        foreach (RunTaskState run in runs)
        {
            bool isKnown = states.TryGetValue(run.Key, out EngineState state);
            string? reason = null;
            if (isKnown && state.Phase == EnginePhase.Ended)
            {
                reason = $"It ended without a result. {state.Words}".TrimEnd();
            }
            else if (!isKnown && queue.SilentFor(run.Key).TotalSeconds >= options.SilentSeconds)
            {
                reason = $"Nothing was heard of it for {options.SilentSeconds} s, and the engine '{engine.Name}' does not know it.";
            }

            if (reason is not null)
            {
                // Refused when the run has ended in between, and while nothing can be written: the next step tries it again.
                Result<SiteRun> lost = await records.Attempts.LoseAsync(run.Key, reason, state.EndedWithServer, ct);
                if (lost.IsOk)
                {
                    hasLost = true;
                    LogLost(logger, run.Key, reason);
                }
            }
        }

        return hasLost;
    }

    /// <summary>Starts runs for the time of a step, and reads no others: thousands may wait.</summary>
    private async Task StartAsync(CancellationToken ct)
    {
        IReadOnlyList<RunTaskState> first = await FirstWaitingAsync(ct);
        var fair = new FairQueue(
            first, _issued.Values, options.MaxRunningPerAccount, options.CountedResources,
            name => library.Find(name).TryGet(out ProgramDocument? program, out _) ? program.Share : ProgramShare.Usual)
        {
            TimeLeft = await records.Budgets.TimeLeftAsync(first.Select(static run => run.Payer), ct),
        };
        await using var submissions = new Submissions(MaxSubmissions);
        long begin = time.GetTimestamp();
        while (fair.Take() is { } next)
        {
            StartOutcome outcome = await TryStartAsync(next, submissions, ct);
            foreach (RunTaskState refused in submissions.TakeRefused())
            {
                fair.Release(refused);
            }

            if (outcome is StartOutcome.Passed or StartOutcome.NoSpace)
            {
                fair.Release(next);
            }
            else if (queue.HasClosed || time.GetElapsedTime(begin) >= Step)
            {
                queue.Wake();
                return;
            }

            if (outcome is StartOutcome.Started or StartOutcome.Passed && next.Attempt.NotBefore is null
                && await records.Attempts.NextWaitingAsync(next, ct) is { } after)
            {
                fair.Add(after);
            }
        }
    }

    private async Task<IReadOnlyList<RunTaskState>> FirstWaitingAsync(CancellationToken ct)
    {
        List<RunTaskState> all = [];
        foreach (IProgramEngine engine in queue.Engines.Where(static engine => engine.Takes(Least)))
        {
            // Asking an engine costs a process, so that it comes last.
            if (await records.Attempts.FirstWaitingAsync(engine.Name, time.GetUtcNow(), ct) is { Count: > 0 } first
                && await engine.FindProblemAsync(ct) is null)
            {
                all.AddRange(first);
            }
        }

        return all;
    }

    private async Task<StartOutcome> TryStartAsync(RunTaskState waiting, Submissions submissions, CancellationToken ct)
    {
        IProgramEngine engine = queue.Engines.First(one => one.Name == waiting.Engine);
        if (await records.Attempts.FindAsync(waiting.Run, ct) is not { Finished: null, Description.Task: { } task } run)
        {
            return StartOutcome.Passed;
        }

        if (submissions.IsRefusedBy(engine.Name) || !engine.Takes(task.NodeLimits) || await engine.FindProblemAsync(ct) is not null)
        {
            return StartOutcome.NoSpace;
        }

        if (await permission.FindLossAsync(run, ct) is { } loss)
        {
            if (loss.Code != ErrorCode.Unavailable)
            {
                await records.Attempts.RefuseAsync(waiting.Key, $"It was not started: {loss.Message}", ct);
                await NotifyAsync(waiting.Run, ct);
            }

            return StartOutcome.Passed;
        }

        var attempt = new AttemptKey(waiting.Run, waiting.Attempt.Number + 1);
        (BlobHash hash, IssuedSecret secret) = AttemptToken.Issue(attempt);
        if (!(await records.Attempts.IssueAsync(waiting.Key, engine.Name, hash, ct)).TryGet(out SiteRun? issued, out HutchError? refusal))
        {
            return refusal.Code == ErrorCode.InsufficientStorage ? StartOutcome.NoSpace : StartOutcome.Passed;
        }

        // It may end before the next look at what has changed.
        _issued[waiting.Run] = waiting with { Attempt = issued.Attempt! };
        queue.Note(attempt, null);
        var order = new AttemptOrder(attempt, task.NodeLimits, secret.Reveal(), run.Description.Program)
        {
            Arguments = task.Arguments ?? [],
        };
        await submissions.AddAsync(waiting, SubmitAsync(engine, order, ct), ct);
        return submissions.IsRefusedBy(engine.Name) ? StartOutcome.Refused : StartOutcome.Started;
    }

    /// <summary>Hands over an attempt; false if the engine refused it.</summary>
    private async Task<bool> SubmitAsync(IProgramEngine engine, AttemptOrder order, CancellationToken ct)
    {
        Result<Done> submitted = await engine.SubmitAsync(order, ct);
        if (submitted.IsOk)
        {
            LogStarted(logger, order.Attempt, order.Program, engine.Name);
            return true;
        }

        string reason = $"The engine '{engine.Name}' refused it: {submitted.Error.Message}";
        await records.Attempts.LoseAsync(order.Attempt, reason, withServer: false, ct);
        return false;
    }

    private enum StartOutcome
    {
        Started,

        /// <summary>It is not started now, which says nothing about the next one.</summary>
        Passed,

        /// <summary>Its engine takes no more like it, or its budget does not allow it: those behind it wait, too.</summary>
        NoSpace,

        /// <summary>It was handed to an engine that refused a submission, this one or another: those behind it wait.</summary>
        Refused,
    }

    [LoggerMessage(EventId = 5601, Level = LogLevel.Debug, Message = "The attempt {Attempt} of {Program} was handed to {Engine}")]
    private static partial void LogStarted(ILogger logger, AttemptKey attempt, string program, string engine);

    [LoggerMessage(EventId = 5602, Level = LogLevel.Warning, Message = "The attempt {Attempt} is lost: {Reason}")]
    private static partial void LogLost(ILogger logger, AttemptKey attempt, string reason);
}
