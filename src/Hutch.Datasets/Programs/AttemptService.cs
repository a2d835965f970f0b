using Hutch.Datasets.Analyses;
using Hutch.Site.Life.Quotas;

namespace Hutch.Datasets.Programs;

/// <summary>The requests of nodes, each for the one attempt that its token names; and the log of a run, for people.</summary>
public sealed class AttemptService : IAttemptTokens
{
    private const int MaxNode = 200;
    private const int MaxMessage = 2000;

    private readonly RunAttempts _attempts;
    private readonly HeadReader _heads;
    private readonly HeadCompactor _compactor;
    private readonly RunService _runs;
    private readonly ProgramQueue _queue;
    private readonly OwnerQuotas _quotas;

    internal AttemptService(
        RunAttempts attempts, HeadReader heads, HeadCompactor compactor, OwnerQuotas quotas, RunService runs, ProgramQueue queue)
    {
        (_attempts, _heads, _compactor, _quotas, _runs, _queue) = (attempts, heads, compactor, quotas, runs, queue);
    }

    public async ValueTask<Result<AttemptGrant>> FindAsync(AttemptKey attempt, CancellationToken ct)
    {
        SiteRun? run = await _attempts.FindAsync(attempt.Run, ct);
        return AttemptRule.FindRefusal(run, attempt) is null && run is { Attempt.Secret: { } secret, Outputs: [var output] }
            ? new AttemptGrant(run.Description.User, secret, [.. run.Inputs.Select(static input => input.Dataset)], output)
            : ErrorCode.Unauthenticated.With("This attempt of a run is not current: the run continues without it, or has ended.");
    }

    /// <summary>Gives the attempt to a node, before it stages anything. Refused if another node was first.</summary>
    public async Task<Result<ClaimedAttempt>> ClaimAsync(
        Caller caller, AttemptKey attempt, Guid claim, string node, CancellationToken ct)
    {
        if (!Check(caller, attempt).TryGet(out _, out HutchError? refusal))
        {
            return refusal;
        }

        if (node.Length is 0 or > MaxNode)
        {
            return ErrorCode.BadRequest.With($"'node' has {node.Length} characters; it must have 1 to {MaxNode}.");
        }

        if (!(await _attempts.ClaimAsync(attempt, claim, node, ct)).TryGet(out SiteRun? run, out refusal)
            || !(await _heads.DatasetAsync(run.Outputs[0], ct)).TryGet(out SiteDataset? output, out refusal))
        {
            return refusal;
        }

        _queue.Note(attempt, null);
        return new ClaimedAttempt(run, output, await FindRoomAsync(output, ct));
    }

    /// <summary>Returns the size that the results may have by the quota of their owner; null without a quota.</summary>
    private async ValueTask<long?> FindRoomAsync(SiteDataset output, CancellationToken ct)
    {
        (OwnerQuota? quota, OwnerUsage usage) = await _quotas.FindAsync(output.Owner, ct);

        // What an earlier attempt left counts already, and the next one replaces it.
        return quota?.Bytes is { } most ? Math.Max(0, most - usage.Bytes + output.Root.Bytes) : null;
    }

    /// <summary>Notes a sign of life. Refused when the attempt is not current any more: the node then ends its command.</summary>
    public async Task<Result<Done>> NoteAsync(
        Caller caller, AttemptKey attempt, Guid claim, ReadOnlyMemory<byte>? log, CancellationToken ct)
    {
        if (!Check(caller, attempt).TryGet(out _, out HutchError? refusal))
        {
            return refusal;
        }

        SiteRun? run = await _attempts.FindAsync(attempt.Run, ct);
        if ((AttemptRule.FindRefusal(run, attempt) ?? (run!.Attempt!.Claim == claim
            ? null
            : ErrorCode.Conflict.With("Another node has claimed this attempt."))) is { } late)
        {
            return late;
        }

        _queue.Note(attempt, log);
        return Done.Value;
    }

    /// <summary>Ends the run of an attempt that has no results to push.</summary>
    public async Task<Result<VisibleRun>> FinishAsync(Caller caller, AttemptEnd end, CancellationToken ct)
    {
        if (!Check(caller, end.Attempt).TryGet(out _, out HutchError? refusal))
        {
            return refusal;
        }

        if (await FindUnkeptAsync(end, ct) is { } unkept)
        {
            return unkept;
        }

        Result<SiteRun> ended = await _attempts.FinishAsync(Shortened(end), ct);
        _queue.Wake();
        return ended.Then<VisibleRun>(static run => new VisibleRun(run, IsWhole: true, IsMember: true));
    }

    /// <summary>Returns the end of an attempt for a push of its results; null for a push of another caller.</summary>
    /// <param name="given">The end as the push says it, without its attempt.</param>
    public static Result<AttemptEnd?> EndOf(Caller caller, AttemptEnd? given)
    {
        if (caller.Attempt is not { } attempt)
        {
            return given is null ? given : ErrorCode.BadRequest.With("Only a push of an attempt of a run can end one.");
        }

        if (given is not null)
        {
            return Shortened(given with { Attempt = attempt });
        }

        return ErrorCode.BadRequest.With("A push of an attempt needs its claim and the state of its end.");
    }

    /// <summary>Returns the end of the log while a run is in progress here, for callers with the right to view all inputs.</summary>
    public async Task<Result<ReadOnlyMemory<byte>>> ReadLogAsync(Caller caller, Guid id, CancellationToken ct)
    {
        if (!(await _runs.GetAsync(caller, id, ct)).TryGet(out VisibleRun? visible, out HutchError? refusal))
        {
            return refusal;
        }

        if (!visible.IsWhole)
        {
            return ErrorCode.Forbidden.With("To read the log of a run, you need the right to view all of its inputs.");
        }

        if (visible.Run.Attempt is not { } attempt)
        {
            return ErrorCode.NotFound.With($"No engine of this site executes the run {id:N}; its log is among its results.");
        }

        if (_queue.FindLog(new AttemptKey(id, attempt.Number)) is { } log)
        {
            return log;
        }

        return ErrorCode.NotFound.With($"This server has no log of the run {id:N}. When it has ended, its log is among its results.");
    }

    /// <summary>
    /// Makes a version of results that parts have written, with which a rerun is compared. Returns a failure after which the node tries
    /// again.
    /// </summary>
    private async ValueTask<HutchError?> FindUnkeptAsync(AttemptEnd end, CancellationToken ct)
    {
        SiteRun? run = await _attempts.FindAsync(end.Attempt.Run, ct);
        if (end.Outcome != RunOutcome.Done || AttemptRule.FindRefusal(run, end.Attempt) is not null
            || run is not { Description.Parts: not null, Outputs: [var output] })
        {
            return null;
        }

        var request = new CompactionRequest(SnapshotReason.Run, run.Description.User, $"Results of run {run.Id:N}");
        Result<SiteSnapshot?> made = await _compactor.CompactAsync(output, request, ct);
        return made.Error is { Code.Status: >= 500 } failure ? failure : null;
    }

    private static AttemptEnd Shortened(AttemptEnd end) =>
        end.Message is { Length: > MaxMessage } ? end with { Message = end.Message[..MaxMessage] } : end;

    private static Result<Done> Check(Caller caller, AttemptKey attempt)
    {
        return caller.Attempt == attempt
            ? Done.Value
            : ErrorCode.Forbidden.With("This request is for the node of the attempt, with the token of the attempt.");
    }
}

/// <param name="Output">The dataset for the results.</param>
/// <param name="RoomBytes">The size that they may have by the quota of their owner; null without a quota.</param>
public sealed record ClaimedAttempt(SiteRun Run, SiteDataset Output, long? RoomBytes);
