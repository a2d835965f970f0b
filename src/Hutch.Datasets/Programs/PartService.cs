using Hutch.Datasets.Analyses;
using Hutch.Datasets.Pushes;
using Hutch.Site.Write.Pushes;

namespace Hutch.Datasets.Programs;

/// <summary>Parts of runs, for the account that started the run or the node of its attempt; and their list, for people.</summary>
public sealed class PartService
{
    private const int MaxMessage = 2000;

    private readonly RunService _runs;
    private readonly RunRegistry _registry;
    private readonly RunParts _parts;
    private readonly PushService _pushes;
    private readonly PartCommits _commits;

    internal PartService(RunService runs, RunRegistry registry, RunParts parts, PushService pushes, PartCommits commits)
    {
        (_runs, _registry, _parts, _pushes, _commits) = (runs, registry, parts, pushes, commits);
    }

    /// <summary>Begins the next attempt of a part, before anything is staged.</summary>
    public async Task<Result<RunPart>> BeginAsync(Caller caller, Guid run, string part, Guid claim, bool unlessDone, CancellationToken ct)
    {
        Result<PartClaim> own = await OwnAsync(caller, run, part, claim, ct);
        return own.IsOk ? await _parts.BeginAsync(own.Value, unlessDone, ct) : own.Error;
    }

    /// <summary>Ends an attempt of a part without a change of the results.</summary>
    public async Task<Result<RunPart>> FailAsync(Caller caller, Guid run, string part, Guid claim, string? message, CancellationToken ct)
    {
        Result<PartClaim> own = await OwnAsync(caller, run, part, claim, ct);
        return own.IsOk ? await _parts.FailAsync(own.Value, Shortened(message), ct) : own.Error;
    }

    /// <summary>Replaces the folder of a part by the files of a push, and ends its attempt.</summary>
    public async Task<Result<RunPart>> CommitAsync(
        Caller caller, string session, (Guid Run, string Part, Guid Claim) part,
        IAsyncEnumerable<Result<IReadOnlyList<TreeChange>>> portions, string? message, CancellationToken ct)
    {
        if (!(await OwnAsync(caller, part.Run, part.Part, part.Claim, ct)).TryGet(out PartClaim? claim, out HutchError? refusal))
        {
            return refusal;
        }

        // The answer to the same commit was lost.
        if (await _parts.FindAsync(part.Run, part.Part, ct) is { State: PartState.Done } done && done.Claim == part.Claim)
        {
            return done;
        }

        if (!(await _pushes.FindAsync(caller, session, ct)).TryGet(out SiteSession? push, out refusal)
            || !(await _registry.GetAsync(part.Run, ct)).TryGet(out SiteRun? run, out refusal))
        {
            return refusal;
        }

        if (!run.Outputs.Contains(push.Dataset))
        {
            return ErrorCode.BadRequest.With($"The push {session} is not one into the dataset for the results of the run {part.Run:N}.");
        }

        var entries = new List<TreeChange>();
        await foreach (Result<IReadOnlyList<TreeChange>> portion in portions.WithCancellation(ct))
        {
            if (!portion.IsOk)
            {
                return portion.Error;
            }

            entries.AddRange(portion.Value);
            if (entries.Count > PartCommits.MaxFiles)
            {
                break; // refused below
            }
        }

        return await _commits.CommitAsync(
            push, claim, entries, Shortened(message), token => _pushes.ReadableAsync(caller, push.Dataset, token), ct);
    }

    /// <summary>Lists parts of a run, for callers that may see the run.</summary>
    public async Task<Result<Batch<RunPart>>> ListAsync(
        Caller caller, Guid run, PartState? state, string? cursor, int limit, CancellationToken ct)
    {
        if (!(await _runs.GetAsync(caller, run, ct)).TryGet(out _, out HutchError? refusal))
        {
            return refusal;
        }

        if (!long.TryParse(cursor ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out long after))
        {
            return ErrorCode.BadRequest.With($"{Display.Quote(cursor!)} is not a cursor of this list.");
        }

        IReadOnlyList<(long Order, RunPart Part)> found = await _parts.ListAsync(
            run, state?.ToName(), after, limit + 1, ct);
        return new Batch<RunPart>(
            [.. found.Take(limit).Select(static one => one.Part)],
            found.Count > limit ? found[limit - 1].Order.ToString(CultureInfo.InvariantCulture) : null);
    }

    private async Task<Result<PartClaim>> OwnAsync(Caller caller, Guid id, string part, Guid claim, CancellationToken ct)
    {
        if (caller.Attempt is { } attempt)
        {
            return attempt.Run == id ? new PartClaim(id, part, claim, attempt)
                : ErrorCode.Forbidden.With("The token of an attempt is for the parts of its own run.");
        }

        if (!Authorizer.Authorize(caller, Operation.RunStopOwn).TryGet(out _, out HutchError? refusal))
        {
            return refusal;
        }

        bool isOwn = (await _registry.GetAsync(id, ct)).TryGet(out SiteRun? run, out _)
            && run.Description.Parts is not null && caller.IsUser && run.Description.User == caller.Name;
        return isOwn ? new PartClaim(id, part, claim, null)
            : ErrorCode.NotFound.With($"There is no run {id:N} with parts that you started.");
    }

    private static string? Shortened(string? message) => message is { Length: > MaxMessage } ? message[..MaxMessage] : message;
}
