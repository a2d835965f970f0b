using Hutch.Site.Write.Committing;

namespace Hutch.Processing.Runs;

/// <summary>
/// The attempts of runs that engines of the site execute. Each change is decided inside its commit, on the state of the run there, so that
/// two servers, a slow engine and a lost node agree about it. Its answers are durable.
/// </summary>
/// <remarks>Thread-safe. Checks no rights: the caller has.</remarks>
public sealed class RunAttempts
{
    private const int MaxDelayedAtOnce = 1000;
    private const int MaxChangesAtOnce = 10_000;

    private readonly Committer _committer;
    private readonly SiteDatabase _records;

    internal RunAttempts(Committer committer, SiteDatabase records) => (_committer, _records) = (committer, records);

    /// <summary>
    /// Lists the oldest run of each account, program and payer that waits for an engine, and runs whose delay before the next attempt is
    /// over.
    /// </summary>
    public ValueTask<IReadOnlyList<RunTaskState>> FirstWaitingAsync(string engine, DateTimeOffset now, CancellationToken ct) =>
        _records.ReadConsistentAsync<IReadOnlyList<RunTaskState>>(
            queries =>
            [
                .. queries.FirstWaitingTasks(engine),
                .. queries.DelayedTasks(engine, now.ToUnixTimeMilliseconds(), MaxDelayedAtOnce),
            ],
            ct);

    /// <summary>Returns the next run of the same account, program, payer and engine that waits; null for none.</summary>
    public ValueTask<RunTaskState?> NextWaitingAsync(RunTaskState after, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.NextWaitingTask(after), ct);

    /// <summary>Reads what has changed in the attempts of runs. The first time, that is all runs that engines have.</summary>
    /// <param name="known">The place up to which changes are known; 0 for the first time.</param>
    public ValueTask<TaskChanges> ChangesAsync(long known, CancellationToken ct) => _records.ReadConsistentAsync(
        queries =>
        {
            if (known == 0)
            {
                // A change that comes in between is read again.
                long newest = queries.NewestTaskChange();
                return new TaskChanges([.. queries.IssuedTasks().Select(static run => (run, true))], newest);
            }

            IReadOnlyList<(RunTaskState Run, bool IsIssued, long Place)> changed = queries.ChangedTasks(known, MaxChangesAtOnce);
            return new TaskChanges(
                [.. changed.Select(static one => (one.Run, one.IsIssued))], changed.Count > 0 ? changed[^1].Place : known);
        },
        ct);

    /// <summary>Counts the runs that wait for an engine: all, or those of one account.</summary>
    public ValueTask<long> CountWaitingAsync(string? starter, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.WaitingTaskCount(starter), ct);

    /// <summary>Lists runs that engines have, then runs that wait: of all accounts, or of one.</summary>
    public ValueTask<IReadOnlyList<SiteRun>> InProgressAsync(string? starter, int limit, CancellationToken ct) =>
        _records.ReadAsync(queries => queries.TasksInProgress(starter, limit), ct);

    /// <summary>Counts the runs that wait and were started before one.</summary>
    public ValueTask<long> CountAheadAsync(Guid run, CancellationToken ct) => _records.ReadAsync(queries => queries.TasksAhead(run), ct);

    public ValueTask<SiteRun?> FindAsync(Guid run, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.Run(run), ct);

    /// <summary>
    /// Begins the next attempt of a waiting run. Refused if it is not waiting after this number of attempts, or if the budget of its payer
    /// does not allow it.
    /// </summary>
    /// <param name="secret">The SHA-256 of the secret in the token of the attempt.</param>
    public Task<Result<SiteRun>> IssueAsync(AttemptKey before, string engine, BlobHash secret, CancellationToken ct) => SetAsync(
        before.Run,
        (run, context) => run is { Finished: null, Attempt: { Phase: AttemptPhase.Queued } now } && now.Number == before.Number
            ? RunBudgets.FindRefusal(context.Queries, run.Description.Task!, context.Now) is { } usedUp ? usedUp : now with
            {
                Number = now.Number + 1,
                Phase = AttemptPhase.Issued,
                Engine = engine,
                Secret = secret,
                Issued = context.Now,
                NotBefore = null,
                Node = null,
                Claim = null,
                Claimed = null,
            }
            : ErrorCode.Conflict.With($"The run {before.Run:N} does not wait after {before.Number} attempts."),
        ct);

    /// <summary>
    /// Gives an attempt to a node, before it stages anything. The same claim again is accepted; another one is refused.
    /// </summary>
    public Task<Result<SiteRun>> ClaimAsync(AttemptKey attempt, Guid claim, string node, CancellationToken ct) => SetAsync(
        attempt.Run,
        (run, context) => AttemptRule.FindRefusal(run, attempt) is { } late ? late
            : run!.Attempt is { Phase: AttemptPhase.Claimed } now && now.Claim != claim ? ErrorCode.Conflict.With(
                $"The node {Display.Quote(now.Node)} has claimed attempt {attempt.Number} of the run {attempt.Run:N}: end this one.")
            : run.Attempt! with { Phase = AttemptPhase.Claimed, Claim = claim, Claimed = run.Attempt.Claimed ?? context.Now, Node = node },
        ct);

    /// <summary>
    /// Returns a run to the queue whose attempt ended without an end of the run, or fails it if its policy allows no further attempt.
    /// Refused if the attempt is not the newest.
    /// </summary>
    /// <param name="withServer">True if it ended with its server, which does not count against the program.</param>
    public Task<Result<SiteRun>> LoseAsync(AttemptKey attempt, string reason, bool withServer, CancellationToken ct) =>
        _committer.CommitAsync(
            context =>
            {
                if (AttemptRule.FindRefusal(context.Queries.Run(attempt.Run), attempt) is { } late)
                {
                    return late;
                }

                context.Emit(withServer
                    ? AttemptRule.ToInterruption(context, attempt.Run, reason)
                    : AttemptRule.ToRecord(context, attempt.Run, AttemptFailure.Lost, null, reason));
                return Current(context, attempt.Run);
            },
            [],
            ct,
            mayUseReserve: true);

    /// <summary>Ends an attempt without results: its run ends, or waits for the next attempt.</summary>
    public Task<Result<SiteRun>> FinishAsync(AttemptEnd end, CancellationToken ct) => _committer.CommitAsync(
        context =>
        {
            if (AttemptRule.FindRefusal(context.Queries, end) is { } late)
            {
                return late;
            }

            AttemptRule.Emit(context, end, LastRead(context, end.Attempt.Run));
            return Current(context, end.Attempt.Run);
        },
        [],
        ct,
        mayUseReserve: true);

    /// <summary>Fails a waiting run that must not start, such as one whose user lost a right. Refused if it does not wait.</summary>
    public Task<Result<SiteRun>> RefuseAsync(AttemptKey waiting, string reason, CancellationToken ct) => _committer.CommitAsync(
        context =>
        {
            if (context.Queries.Run(waiting.Run) is not { Finished: null, Attempt: { Phase: AttemptPhase.Queued } now }
                || now.Number != waiting.Number)
            {
                return ErrorCode.Conflict.With($"The run {waiting.Run:N} does not wait.");
            }

            context.Emit(new JournalRecord.RunFinished(waiting.Run, RunOutcome.Failed, reason) { Frames = 0, Failures = 0 });
            return Current(context, waiting.Run);
        },
        [],
        ct,
        mayUseReserve: true);

    /// <summary>
    /// Returns a run that failed or was cancelled to the queue, for a user that tries it again. Ends the delay of one that waits.
    /// </summary>
    public Task<Result<SiteRun>> RetryAsync(Guid id, string by, CancellationToken ct) => SetAsync(
        id,
        (run, _) => run switch
        {
            not { Attempt: { } } => ErrorCode.NotFound.With($"There is no run {id:N} that an engine of this site executes."),
            { Finished: null, Attempt: { NotBefore: not null } waiting } => waiting with { NotBefore = null },
            { Finished: null } => ErrorCode.Conflict.With($"The run {id:N} has not ended: it is {run.State}."),
            { Outcome: "done" } => ErrorCode.Conflict.With($"The run {id:N} is done. Start a new run to compute it again."),
            { Attempt: { } now } =>
                now with { Phase = AttemptPhase.Queued, Reason = $"Retried by {by}.", Spent = 0, Interrupted = null, NotBefore = null },
        },
        ct);

    private Task<Result<SiteRun>> SetAsync(Guid id, Func<SiteRun?, CommitContext, Result<RunAttempt>> next, CancellationToken ct) =>
        _committer.CommitAsync(
            context =>
            {
                SiteRun? run = context.Queries.Run(id);
                if (!next(run, context).TryGet(out RunAttempt? attempt, out HutchError? refusal))
                {
                    return refusal;
                }

                foreach (DatasetId output in run!.Outputs)
                {
                    if (!context.WritableDataset(output).TryGet(out _, out refusal))
                    {
                        return refusal;
                    }
                }

                if (attempt != run.Attempt)
                {
                    context.Emit(new JournalRecord.RunAttempted(id, attempt));
                }

                return Current(context, id);
            },
            [],
            ct);

    // A program for each file follows its input: the newest version has all files that it read.
    private static IReadOnlyList<VersionReference>? LastRead(CommitContext context, Guid id)
    {
        SiteRun run = context.Queries.Run(id)!;
        return run is { Description.Task.Each: not null, Inputs: [var first, ..] }
            && context.Queries.Dataset(first.Dataset) is { Snapshot: { } newest } dataset
            && context.Queries.Snapshot(dataset.Key, newest) is { } snapshot
                ? [new VersionReference(first.Dataset, snapshot.Number, snapshot.Root.Page), .. run.Inputs.Skip(1)]
                : null;
    }

    private static Result<SiteRun> Current(CommitContext context, Guid run) => context.Queries.Run(run)!;
}
