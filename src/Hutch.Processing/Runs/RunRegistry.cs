using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Write.Committing;

namespace Hutch.Processing.Runs;

/// <summary>Runs of programs: their start, results, end and lineage. Its answers are durable.</summary>
/// <remarks>Thread-safe. The caller has checked the rights and reserved the names.</remarks>
public sealed class RunRegistry
{
    private readonly Committer _committer;
    private readonly SiteDatabase _records;
    private readonly RowFile _file;
    private readonly Func<Guid> _newId;
    private readonly DatasetLifecycle _lifecycle;
    private readonly int _maxOfAccount;

    internal RunRegistry(
        Committer committer, SiteDatabase records, RowFile file, Func<Guid> newId, DatasetLifecycle lifecycle, int maxOfAccount)
    {
        (_committer, _records, _file, _newId) = (committer, records, file, newId);
        (_lifecycle, _maxOfAccount) = (lifecycle, maxOfAccount);
    }

    public Guid NewId() => _newId();

    /// <summary>
    /// Begins a run, and makes the dataset for its results in the same commit. The same id again returns the existing run. So does another
    /// run of the same work that <see cref="NewRun.Known"/> does not name.
    /// </summary>
    public Task<Result<SiteRun>> StartAsync(NewRun run, CancellationToken ct)
    {
        return _committer.CommitAsync(context => Start(context, run), [], ct);
    }

    /// <summary>Writes results of a run in one commit. The first result of a frame stays: the same again changes nothing.</summary>
    public Task<Result<int>> AddResultsAsync(Guid run, DatasetId dataset, IReadOnlyList<FrameResult> results, CancellationToken ct)
    {
        return _committer.CommitAsync(context => AddResults(context, run, dataset, results), [], ct);
    }

    /// <summary>Ends a run. One that has ended stays as it is.</summary>
    /// <param name="inputs">The versions that it read, if its start could not name them; null keeps those of the start.</param>
    /// <returns>The run after its end.</returns>
    public Task<Result<SiteRun>> FinishAsync(
        Guid run, RunOutcome outcome, string? message, IReadOnlyList<VersionReference>? inputs, SkippedFrames? skipped,
        CancellationToken ct) =>
        EndAsync(new JournalRecord.RunFinished(run, outcome, message, inputs) { Skipped = skipped }, static ended => ended, ct);

    /// <summary>
    /// Ends a run as cancelled, regardless of its worker: from now on it takes no results. One that has ended is refused.
    /// </summary>
    /// <returns>The run after its end.</returns>
    public Task<Result<SiteRun>> StopAsync(Guid run, string message, SkippedFrames? skipped, CancellationToken ct) => EndAsync(
        new JournalRecord.RunFinished(run, RunOutcome.Cancelled, message) { Skipped = skipped },
        static ended => (ErrorCode.Conflict with { Title = "The run has ended", Advice = "Its results stay as they are." }).With(
            $"The run {ended.Id:N} has ended already ({ended.State}): there is nothing to stop."),
        ct);

    /// <summary>
    /// Returns the runs, newest first, that do or did the same work: the same version of a program with the same parameters on the same
    /// version of a dataset, or still following it. Failed and cancelled runs do not count.
    /// </summary>
    public ValueTask<IReadOnlyList<SiteRun>> OfSameWorkAsync(RunDescription work, VersionReference input, CancellationToken ct) =>
        _records.ReadConsistentAsync<IReadOnlyList<SiteRun>>(queries => [.. OfSameWork(queries, work, [input])], ct);

    /// <summary>
    /// Returns runs of a program's task that are done, the newest first: of the same document and command, with the same parameters, on the
    /// same versions of the inputs or others with the same files.
    /// </summary>
    public ValueTask<IReadOnlyList<SiteRun>> OfSameTaskAsync(NewRun wanted, int limit, CancellationToken ct)
    {
        (RunDescription work, IReadOnlyList<VersionReference> inputs) = (wanted.Description, wanted.Inputs);
        return _records.ReadConsistentAsync<IReadOnlyList<SiteRun>>(
            queries =>
            [
                .. queries.RunsOn(inputs[0], work.Program, work.Version, RunLimits.MaxRunsAtOnce)
                    .Where(run => run is { Outcome: "done", Description.Task: { } task } && task.Digest == work.Task!.Digest
                        && task.Words.SequenceEqual(work.Task.Words) && AreSame(run.Description.Parameters, work.Parameters)
                        && run.Inputs.Count == inputs.Count && run.Inputs.Zip(inputs).All(static pair => AreSame(pair.First, pair.Second)))
                    .Take(limit),
            ],
            ct);
    }

    public ValueTask<Result<SiteRun>> GetAsync(Guid run, CancellationToken ct) => _records.ReadConsistentAsync<Result<SiteRun>>(
        queries => queries.Run(run) is { } found ? WithCounts(queries, found) : NoRun(run), ct);

    /// <summary>Returns the run whose results a dataset keeps; null for none, or for more than one.</summary>
    public ValueTask<SiteRun?> FindWriterAsync(DatasetId output, CancellationToken ct) => _records.ReadConsistentAsync(
        queries => queries.RunsInto(output, 2) is [var only] ? only : null, ct);

    /// <summary>Lists runs, the newest first, with their results so far.</summary>
    /// <param name="before">Lists runs that began before this one (its sequence number); null to begin with the newest.</param>
    public ValueTask<IReadOnlyList<SiteRun>> ListAsync(RunFilter filter, long? before, int limit, CancellationToken ct) =>
        _records.ReadConsistentAsync<IReadOnlyList<SiteRun>>(
            queries =>
            [
                .. queries.RunsBefore(filter, before ?? long.MaxValue, Math.Clamp(limit, 1, RunLimits.MaxRunsAtOnce))
                    .Select(run => WithCounts(queries, run)),
            ],
            ct);

    /// <summary>Returns the unfinished runs of workers, in the order in which they began.</summary>
    public ValueTask<IReadOnlyList<ActiveRun>> InProgressAsync(CancellationToken ct) => _records.ReadAsync<IReadOnlyList<ActiveRun>>(
        queries => [.. queries.RunsInProgress().Select(ActiveRun.From).OfType<ActiveRun>()], ct);

    /// <summary>Returns a run that a worker carries out; null when it is over or unknown.</summary>
    public ValueTask<ActiveRun?> FindActiveAsync(Guid run, CancellationToken ct) =>
        _records.ReadAsync(
            queries => queries.Run(run) is { } found && !queries.IsOfCopy(run) ? ActiveRun.From(found) : null, ct);

    public async ValueTask AddResultFramesAsync(Guid run, FrameSet frames, CancellationToken ct)
    {
        IReadOnlyList<long> found = await _records.ReadAsync<IReadOnlyList<long>>(
            queries =>
            [
                .. queries.Run(run) is { } known
                    ? known.Outputs.Select(queries.DatasetKey).OfType<long>().SelectMany(key => queries.ResultFrames(key, run))
                    : [],
            ],
            ct);
        foreach (long frame in found)
        {
            frames.Add((int)frame);
        }

        if (found.Count == 0 && await _records.ReadAsync(queries => queries.Run(run), ct) is { Outputs: [var output] }
            && await _file.FindRunAsync(output, ct) is { } only && only.Id == run)
        {
            await foreach (SiteResult row in _file.ReadAsync(output, run, ct))
            {
                frames.Add((int)row.Frame);
            }
        }
    }

    /// <summary>Returns the origins of a dataset and the datasets made from it, within the limits of <see cref="RunLimits"/>.</summary>
    public ValueTask<SiteLineage> LineageAsync(DatasetId dataset, CancellationToken ct) => _records.ReadConsistentAsync(
        queries =>
        {
            (List<DatasetId> ancestors, bool moreAncestors) = Walk(dataset, id => ParentsOf(queries, id));
            (List<DatasetId> descendants, bool moreDescendants) = Walk(dataset, id => queries.Children(id).Select(child => child.Id));
            IReadOnlyList<SiteRun> runs = queries.RunsBefore(new RunFilter(dataset), long.MaxValue, RunLimits.MaxRunsAtOnce + 1);
            bool moreRuns = runs.Count > RunLimits.MaxRunsAtOnce;
            return new SiteLineage(
                ancestors,
                descendants,
                [.. runs.Take(RunLimits.MaxRunsAtOnce).Select(run => WithCounts(queries, run))],
                moreAncestors || moreDescendants || moreRuns);
        },
        ct);

    internal Result<SiteRun> Start(CommitContext context, NewRun wanted)
    {
        if (context.Queries.Run(wanted.Id) is { } present)
        {
            return present;
        }

        if (wanted.Known is { } known
            && OfSameWork(context.Queries, wanted.Description, wanted.Inputs).FirstOrDefault(run => !known.Contains(run.Id)) is { } same)
        {
            return same;
        }

        bool isExternal = wanted.Description.IsExternal == true;
        if (!isExternal && FindTooManyInProgress(context.Queries, wanted.Description.User) is { } busy)
        {
            return busy;
        }

        if (FindTooMany(context.Queries, wanted.Description.User) is { } many)
        {
            return many;
        }

        if (wanted.Description is { Trigger: { Site: null } trigger, Program: var program }
            && !context.Queries.IsDueHere(trigger.Dataset, program, trigger.Rule))
        {
            return ErrorCode.Conflict.With($"The start of '{program}' on {trigger.Dataset} by its rule is not due: it happened already.");
        }

        List<DatasetId> outputs = [.. wanted.Outputs];
        if (wanted.Output is { } output)
        {
            Result<SiteDataset> made = _lifecycle.Create(context, output);
            if (!made.IsOk)
            {
                return made.Error;
            }

            outputs.Add(output.Id);
        }

        context.Emit(new JournalRecord.RunStarted(wanted.Id, wanted.Description, wanted.Inputs, outputs));
        return context.Queries.Run(wanted.Id)!;
    }

    private static HutchError? FindTooManyInProgress(SiteQueries queries, string user)
    {
        (long all, long own) = queries.CountRunsInProgress(user);
        return all >= RunLimits.MaxRunsInProgress
            ? ErrorCode.Unavailable.With($"{RunLimits.MaxRunsInProgress} runs are in progress, the maximum. Wait until some have finished.")
        : own >= RunLimits.MaxRunsInProgressOfAccount
            ? ErrorCode.Unavailable.With(
                $"{RunLimits.MaxRunsInProgressOfAccount} runs of '{user}' are in progress, the maximum of an account. "
                + "Wait until some have finished.")
        : null;
    }

    /// <summary>Returns the refusal of an account with as many runs as it may start; null for others. Each record stays.</summary>
    private HutchError? FindTooMany(SiteQueries queries, string user)
    {
        long used = queries.RunsOf(user);
        return used < _maxOfAccount ? null : HutchError.OfQuota(
            $"'{user}' has started {used} runs at this site, whose records stay; the limit is {_maxOfAccount} "
            + "(analysis.maxRunsPerAccount). Ask an administrator for a higher limit.",
            user, "runs", _maxOfAccount, used, 1);
    }

    private static IEnumerable<SiteRun> OfSameWork(SiteQueries queries, RunDescription work, IReadOnlyList<VersionReference> inputs) =>
        inputs is not [var input] ? [] : queries.RunsOn(input, work.Program, work.Version, RunLimits.MaxRunsAtOnce).Where(run =>
            run.Inputs.Count == 1
            && run.Description.Namespace == work.Namespace
            && (run.Finished is null || (run.Outcome == "done" && input.Snapshot is not null))
            && AreSame(run.Description.Parameters, work.Parameters));

    private static bool AreSame(JsonElement? one, JsonElement? other) =>
        one is { } first && other is { } second ? JsonElement.DeepEquals(first, second) : one is null && other is null;

    private static bool AreSame(VersionReference one, VersionReference other) => one.Dataset == other.Dataset
        && ((one.Snapshot is not null && one.Snapshot == other.Snapshot) || (one.Root is not null && one.Root == other.Root));

    private async Task<Result<SiteRun>> EndAsync(
        JournalRecord.RunFinished end, Func<SiteRun, Result<SiteRun>> hasEnded, CancellationToken ct)
    {
        // Counts most results before the commit, for which other writers wait; the commit counts only later ones.
        ResultCount before = await _records.ReadConsistentAsync(
            queries => queries.Run(end.Run) is { } found ? Count(queries, found, after: 0) : default, ct);
        return await _committer.CommitAsync(
            context =>
            {
                if (context.Queries.Run(end.Run) is not { } standing)
                {
                    return NoRun(end.Run);
                }

                if (standing.Finished is not null)
                {
                    return hasEnded(standing);
                }

                if (context.Queries.IsOfCopy(standing.Id))
                {
                    // Once the home is another site, results of this site's workers are dropped silently; other callers learn where the
                    // home is.
                    bool isOfWorkers = standing.Description.IsExternal != true && hasEnded(standing).IsOk;
                    return isOfWorkers ? standing : NotHere(context, standing);
                }

                ResultCount since = Count(context.Queries, standing, before.Newest);
                context.Emit(end with { Frames = before.Rows + since.Rows, Failures = before.Failures + since.Failures });
                return context.Queries.Run(end.Run)!;
            },
            [],
            ct,
            mayUseReserve: true);
    }

    private static HutchError NotHere(CommitContext context, SiteRun run) => run.Outputs
        .Select(output => context.Dataset(output).Then(DatasetState.RequireHome).Error)
        .First(static error => error is not null)!;

    private static Result<int> AddResults(CommitContext context, Guid run, DatasetId id, IReadOnlyList<FrameResult> results)
    {
        if (!context.WritableDataset(id).TryGet(out SiteDataset? dataset, out HutchError? refusal))
        {
            return refusal;
        }

        if (!context.Queries.IsRunning(run, id))
        {
            return ErrorCode.Conflict.With($"The run {run:N} has finished, or does not write to '{dataset.Owner}/{dataset.Slug}'.");
        }

        int added = 0;
        foreach (FrameResult result in results)
        {
            if (!context.Queries.HasResult(dataset.Key, run, result.Frame))
            {
                context.Emit(new JournalRecord.ResultRow(id, run, result.Frame, result.Row));
                added++;
            }
        }

        return added;
    }

    private static (List<DatasetId> Found, bool IsTruncated) Walk(DatasetId from, Func<DatasetId, IEnumerable<DatasetId>> next)
    {
        var found = new List<DatasetId>();
        var known = new HashSet<DatasetId> { from };
        var waiting = new Queue<DatasetId>([from]);
        while (waiting.TryDequeue(out DatasetId id))
        {
            foreach (DatasetId near in next(id))
            {
                if (!known.Add(near))
                {
                    continue;
                }

                if (found.Count == RunLimits.MaxLineageDatasets)
                {
                    return (found, true);
                }

                found.Add(near);
                waiting.Enqueue(near);
            }
        }

        return (found, false);
    }

    private static IEnumerable<DatasetId> ParentsOf(SiteQueries queries, DatasetId id) =>
        queries.DatasetKey(id) is long key ? queries.Parents(key).Select(parent => parent.Dataset) : [];

    private static SiteRun WithCounts(SiteQueries queries, SiteRun run)
    {
        if (run.Frames is not null)
        {
            return run;
        }

        ResultCount count = Count(queries, run, after: 0);
        return run with { Frames = count.Rows, Failures = count.Failures };
    }

    private static ResultCount Count(SiteQueries queries, SiteRun run, long after)
    {
        var sum = default(ResultCount);
        foreach (DatasetId output in run.Outputs)
        {
            if (queries.DatasetKey(output) is long key)
            {
                ResultCount more = queries.ResultCount(key, run.Id, after);
                sum = new ResultCount(sum.Rows + more.Rows, sum.Failures + more.Failures, Math.Max(sum.Newest, more.Newest));
            }
        }

        return sum;
    }

    private static HutchError NoRun(Guid run) => ErrorCode.NotFound.With($"There is no run {run:N} here.");
}

/// <summary>A run that a worker carries out: from one input to one dataset that keeps the results.</summary>
/// <param name="Input">Its input, at a snapshot; without one while it is followed.</param>
public sealed record ActiveRun(Guid Id, RunDescription Description, VersionReference Input, DatasetId Output)
{
    public string Namespace => Description.Namespace ?? WorkerNamespace.Default;

    /// <summary>Returns the run; null when it is over or not carried out by a worker.</summary>
    internal static ActiveRun? From(SiteRun run) =>
        run is { Finished: null, Inputs: [var input], Outputs: [var output], Description.IsExternal: not true }
        ? new ActiveRun(run.Id, run.Description, input, output)
        : null;
}

public sealed record NewRun
{
    /// <summary>Its id: chosen by the caller, so that a retry starts nothing twice.</summary>
    public required Guid Id { get; init; }

    public required RunDescription Description { get; init; }

    /// <summary>Its inputs, each at a snapshot; without one while it is followed.</summary>
    public IReadOnlyList<VersionReference> Inputs { get; init; } = [];

    /// <summary>A dataset that is made for its results, together with the run or not at all; null for none.</summary>
    public NewDataset? Output { get; init; }

    /// <summary>
    /// Runs of the same work that the caller knows. If there is another one, nothing begins and that one is returned: two callers that ask
    /// for the same at the same time get one run. Null begins it in any case.
    /// </summary>
    public IReadOnlySet<Guid>? Known { get; init; }

    public IReadOnlyList<DatasetId> Outputs { get; init; } = [];
}

/// <param name="Frame">Its number, from 1.</param>
/// <param name="Row">A JSON object; the member <c>error</c> marks a failed frame.</param>
public readonly record struct FrameResult(long Frame, JsonElement Row);

/// <param name="Ancestors">All datasets that it was made from, the nearest first.</param>
/// <param name="Descendants">All datasets made from it, the nearest first.</param>
/// <param name="Runs">Runs that read or wrote it, the newest first.</param>
public sealed record SiteLineage(
    IReadOnlyList<DatasetId> Ancestors, IReadOnlyList<DatasetId> Descendants, IReadOnlyList<SiteRun> Runs, bool IsTruncated);
