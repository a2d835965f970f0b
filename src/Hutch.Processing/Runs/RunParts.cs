using Hutch.Site.Write.Committing;

namespace Hutch.Processing.Runs;

/// <summary>
/// Runs of many parts that write one dataset: their start, by the first part that comes, and the states of their parts. Its answers are
/// durable.
/// </summary>
/// <remarks>Thread-safe. Checks no rights: the caller has.</remarks>
public sealed class RunParts
{
    /// <summary>The most parts of one run.</summary>
    public const int MaxParts = 100_000;

    private readonly Committer _committer;
    private readonly SiteDatabase _records;
    private readonly RunRegistry _runs;

    internal RunParts(Committer committer, SiteDatabase records, RunRegistry runs) =>
        (_committer, _records, _runs) = (committer, records, runs);

    /// <summary>
    /// Returns the run in progress whose parts are written to the dataset, or begins it. Refused if that run is of another account,
    /// program, command or version of an input, or if the dataset has files that no part wrote.
    /// </summary>
    public Task<Result<SiteRun>> JoinAsync(NewRun run, CancellationToken ct)
    {
        return _committer.CommitAsync(context => Join(context, run), [], ct);
    }

    /// <summary>
    /// Begins the next attempt of a part: earlier ones change nothing from now on. The same claim again is accepted. A part that is done is
    /// returned as it is, if the caller wants no repetition.
    /// </summary>
    public Task<Result<RunPart>> BeginAsync(PartClaim claim, bool unlessDone, CancellationToken ct)
    {
        return _committer.CommitAsync(context => Begin(context, claim, unlessDone), [], ct);
    }

    /// <summary>Ends an attempt of a part that changes nothing in the results.</summary>
    public Task<Result<RunPart>> FailAsync(PartClaim claim, string? message, CancellationToken ct)
    {
        return _committer.CommitAsync<RunPart>(
            context =>
            {
                if (!PartRule.RequireCurrent(context.Queries, claim).TryGet(out RunPart? part, out HutchError? refusal))
                {
                    return refusal;
                }

                RunPart failed = part with { State = PartState.Failed, Finished = context.Now, Message = message };
                context.Emit(new JournalRecord.RunPartSet(claim.Run, failed));
                return failed;
            },
            [],
            ct,
            mayUseReserve: true);
    }

    /// <summary>Lists parts in the order in which they first began: those in one state, or all.</summary>
    public ValueTask<IReadOnlyList<(long Order, RunPart Part)>> ListAsync(
        Guid run, string? state, long after, int limit, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.Parts(run, state, after, limit), ct);

    public ValueTask<RunPart?> FindAsync(Guid run, string part, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.Part(run, part), ct);

    /// <summary>Counts the parts of a run in each state.</summary>
    public ValueTask<PartCounts> CountAsync(Guid run, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.PartCounts(run), ct);

    private Result<SiteRun> Join(CommitContext context, NewRun wanted)
    {
        DatasetId output = wanted.Outputs[0];
        if (!context.OwnDataset(output).TryGet(out SiteDataset? dataset, out HutchError? refusal))
        {
            return refusal;
        }

        if (context.Queries.RunOfParts(output) is { } known)
        {
            return FindDifference(known, wanted) is { } difference
                ? (ErrorCode.Conflict with { Advice = $"End that run first: `hutch runs stop {known.Id:N}`." }).With(
                    $"The run {known.Id:N} writes its parts to {dataset.Owner}/{dataset.Slug}, and {difference}.")
                : known;
        }

        bool isForeign = (dataset.Snapshot is not null || context.Queries.HasOverlay(dataset.Key)) && !context.Queries.HasParts(output);
        return isForeign
            ? (ErrorCode.AlreadyExists with { Advice = "Choose another name for the results." }).With(
                $"{dataset.Owner}/{dataset.Slug} has files that no part of a run wrote.")
            : _runs.Start(context, wanted);
    }

    private static string? FindDifference(SiteRun known, NewRun wanted)
    {
        if (known.Description.User != wanted.Description.User)
        {
            return $"it is a run of {known.Description.User}";
        }

        if (known.Description.Task is not null || known.Description.Program != wanted.Description.Program
            || known.Description.Command != wanted.Description.Command)
        {
            return "it has another command";
        }

        if (!known.Inputs.SequenceEqual(wanted.Inputs))
        {
            return "it reads other versions of its inputs: name them, as in DATASET@2";
        }

        if (known.Description.Parts != wanted.Description.Parts)
        {
            return $"it was started for {known.Description.Parts} parts";
        }

        return null;
    }

    private static Result<RunPart> Begin(CommitContext context, PartClaim claim, bool unlessDone)
    {
        if (PartRule.FindRefusal(context.Queries, claim) is { } late)
        {
            return late;
        }

        SiteRun run = context.Queries.Run(claim.Run)!;
        if (!DatasetPath.Parse(claim.Part).TryGet(out DatasetPath path, out HutchError? refusal)
            || !context.WritableDataset(run.Outputs[0]).TryGet(out _, out refusal))
        {
            return refusal;
        }

        RunPart? known = context.Queries.Part(claim.Run, path.Value);
        if (known is not null && ((unlessDone && known.State == PartState.Done)
            || (known.Claim == claim.Claim && known.State == PartState.Running)))
        {
            return known;
        }

        if (known is null)
        {
            PartCounts counts = context.Queries.PartCounts(claim.Run);
            int most = run.Description is { Task: null, Parts: > 0 and { } declared } ? declared : MaxParts;
            if (counts.Running + counts.Done + counts.Failed >= most)
            {
                return ErrorCode.Unprocessable.With($"The run {claim.Run:N} has {most} parts already, the maximum.");
            }

            if (context.Queries.OverlappingPart(claim.Run, path) is { } other)
            {
                return ErrorCode.PathConflict.With(
                    $"The folders of the parts {Display.Quote(path.Value)} and {Display.Quote(other)} would be inside each other.");
            }
        }

        var begun = new RunPart(path.Value, (known?.Attempt ?? 0) + 1, claim.Claim, PartState.Running, context.Now);
        context.Emit(new JournalRecord.RunPartSet(claim.Run, begun));
        return begun;
    }
}
