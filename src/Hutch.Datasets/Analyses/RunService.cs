using Hutch.Datasets.Servers;
using Hutch.Processing;
using Hutch.Model.Analyses;

namespace Hutch.Datasets.Analyses;

/// <summary>Shows and stops single runs, after a check of the caller's rights.</summary>
public sealed class RunService
{
    /// <summary>The most runs at other sites that a list of a dataset's runs shows.</summary>
    private const int MaxHanded = 100;

    private readonly Authorizer _authorizer;
    private readonly RunRegistry _runs;
    private readonly RunAttempts _attempts;
    private readonly RunBudgets _budgets;
    private readonly RunParts _parts;
    private readonly ProgramStarts _starts;
    private readonly RunReader _reader;
    private readonly HeadReader _heads;
    private readonly ClusterRunState _work;
    private readonly TimeProvider _time;

    internal RunService(
        Authorizer authorizer, RunServices runs, RunReader reader, HeadReader heads, ClusterRunState work, TimeProvider time)
    {
        (_authorizer, _runs, _attempts, _budgets, _parts) = (authorizer, runs.Registry, runs.Attempts, runs.Budgets, runs.Parts);
        (_reader, _heads, _work, _time, _starts) = (reader, heads, work, time, runs.Starts);
    }

    /// <summary>Returns one run, for a caller that may see one of the datasets that it read or wrote.</summary>
    public async Task<Result<VisibleRun>> GetAsync(Caller caller, Guid run, CancellationToken ct)
    {
        Result<SiteRun> found = await _runs.GetAsync(run, ct);
        if (!found.IsOk && await _starts.FindHandedAsync(run, ct) is { } handed)
        {
            return await SeeAsync(caller, handed, ct) is { } shown ? shown : NoRun(run);
        }

        bool isWaiting = found is { IsOk: true, Value: { Finished: null, Attempt.Phase: AttemptPhase.Queued } };
        return found.IsOk && await _reader.SeeAsync(caller, found.Value, [], ct) is { } seen
            ? seen with
            {
                Live = await LiveAsync(found.Value, ct),
                Ahead = isWaiting ? await _attempts.CountAheadAsync(run, ct) : null,
                UsedUp = isWaiting && seen.IsMember ? (await _budgets.FindDelayAsync(found.Value.Description.Task!, ct))?.Message : null,
                Parts = found.Value.Description.Parts is null ? null : await _parts.CountAsync(run, ct),
            }
            : NoRun(run);
    }

    /// <summary>Cancels a run, for its starter or a manager of a dataset that it reads or writes. Its written rows stay.</summary>
    public async Task<Result<Done>> StopAsync(Caller caller, Guid id, CancellationToken ct)
    {
        Result<SiteRun> run = await _runs.GetAsync(id, ct);
        if (!run.IsOk)
        {
            return NoRun(id);
        }

        Result<Done> allowed = await AuthorizeStopAsync(caller, run.Value, ct);
        return allowed.IsOk
            ? (await _runs.StopAsync(id, $"Stopped by {caller.Name}.", await SkippedByAsync(id, ct), ct)).Then<Done>(_ => Done.Value)
            : allowed;
    }

    /// <summary>A dataset that a run writes to, at whose home the run is changed; null when this site knows no such run.</summary>
    public async ValueTask<DatasetId?> FindOutputAsync(Guid run, CancellationToken ct) =>
        (await _runs.GetAsync(run, ct)).TryGet(out SiteRun? found, out _) ? found.Outputs is [var output, ..] ? output : null
            : (await _starts.FindHandedAsync(run, ct))?.Output;

    /// <summary>Returns true if this site knows more of a run than that it was handed over.</summary>
    public async ValueTask<bool> IsKnownAsync(Guid run, CancellationToken ct) =>
        (await _runs.GetAsync(run, ct)).IsOk || await _starts.FindHandedAsync(run, ct) is null;

    /// <summary>Lists runs that were asked for here and that other sites execute, the newest first.</summary>
    public async ValueTask<IReadOnlyList<VisibleRun>> ListHandedAsync(Caller caller, DatasetId dataset, int limit, CancellationToken ct)
    {
        var shown = new List<VisibleRun>();
        foreach (HandedRun run in await _starts.HandedOfAsync(dataset, Math.Min(limit, MaxHanded), ct))
        {
            // Its results may have a copy here, with the state of the run.
            if (!(await _runs.GetAsync(run.Run, ct)).IsOk && await SeeAsync(caller, run, ct) is { } seen)
            {
                shown.Add(seen);
            }
        }

        return shown;
    }

    private async ValueTask<VisibleRun?> SeeAsync(Caller caller, HandedRun run, CancellationToken ct) =>
        await _reader.SeeAsync(caller, HandedRuns.Show(run, null).Run, [], ct) is { } seen ? seen with { Site = run.SiteName } : null;

    // What a run skips is known where it is carried out; another server does not, and the missing frames are found by their rows then.
    private async ValueTask<SkippedFrames?> SkippedByAsync(Guid run, CancellationToken ct) =>
        await _work.ProgressAsync(run, ct) is { Skipped: { Frames: > 0 } skipped } ? skipped : null;

    private async ValueTask<LiveRun?> LiveAsync(SiteRun run, CancellationToken ct)
    {
        if (await _work.ProgressAsync(run.Id, ct) is not { } progress)
        {
            return null;
        }

        // A run looks only so far ahead: what else is stored is counted from there on.
        long backlog = run is { Finished: null, Inputs: [{ Snapshot: null } input] }
            && (await _heads.ResolveAsync(input.Dataset, null, ct)).TryGet(out TreeView? view, out _)
                ? await FrameListing.CountAfterAsync(_heads, view, progress.Newest, LiveRun.MaxBacklog, ct)
                : 0;
        TimeSpan? lag = progress.OldestReceived is { } oldest ? _time.GetUtcNow() - oldest
            : progress.Waiting + progress.InWork + backlog == 0 ? TimeSpan.Zero
            : null;
        return new LiveRun(progress.Waiting + backlog, lag, progress);
    }

    private async ValueTask<Result<Done>> AuthorizeStopAsync(Caller caller, SiteRun run, CancellationToken ct)
    {
        if (caller.IsUser && caller.Name == run.Description.User && Authorizer.Authorize(caller, Operation.RunStopOwn).IsOk)
        {
            return Done.Value;
        }

        // The refusal reveals no more than the caller sees: a caller that sees none of its datasets does not see the run.
        HutchError refusal = NoRun(run.Id);
        foreach (DatasetId dataset in RunReader.DatasetsOf(run))
        {
            Result<Access> access = await _authorizer.AuthorizeAsync(caller, dataset, Operation.RunStop, ct);
            if (access.IsOk)
            {
                return Done.Value;
            }

            refusal = access.Error.Code.Status == 403 ? access.Error : refusal;
        }

        return refusal;
    }

    private static HutchError NoRun(Guid run) => ErrorCode.NotVisible.With($"There is no run {run:N} that you can see.");
}
