using System.Globalization;
using Hutch.Datasets.Registry;
using Hutch.Datasets.Servers;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Site;
using Hutch.Processing.Runs;
using Hutch.Site.Write.Heads;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Analyses;

/// <summary>Runs and lineage, as far as callers may see.</summary>
public sealed class RunService
{
    /// <summary>Before the cursor of what comes after the runs that are known elsewhere.</summary>
    private const string OfHere = "here-";

    private readonly Authorizer _authorizer;
    private readonly RunRegistry _runs;
    private readonly DatasetDescriber _describer;
    private readonly HeadReader _heads;
    private readonly SharedWork _work;
    private readonly TimeProvider _time;

    internal RunService(
        Authorizer authorizer, RunRegistry runs, DatasetDescriber describer, HeadReader heads, SharedWork work, TimeProvider time)
    {
        _authorizer = authorizer;
        _runs = runs;
        _describer = describer;
        _heads = heads;
        _work = work;
        _time = time;
    }

    /// <summary>One run, for who may see one of the datasets that it read or wrote.</summary>
    public async Task<Result<VisibleRun>> GetAsync(Caller caller, Guid run, CancellationToken ct)
    {
        Result<SiteRun> found = await _runs.GetAsync(run, ct);
        return found.IsOk && await SeeAsync(caller, found.Value, [], ct) is { } seen
            ? seen with { Live = await LiveAsync(found.Value, ct) }
            : NoRun(run);
    }

    /// <summary>
    /// Ends a run as cancelled: for who started it, or manages one of the datasets that it reads or writes. What it has written stays.
    /// </summary>
    public async Task<Result<Done>> StopAsync(Caller caller, Guid id, CancellationToken ct)
    {
        Result<SiteRun> run = await _runs.GetAsync(id, ct);
        if (!run.IsOk)
        {
            return NoRun(id);
        }

        Result<Done> allowed = await MayStopAsync(caller, run.Value, ct);
        return allowed.IsOk
            ? (await _runs.StopAsync(id, $"Stopped by {caller.Name}.", await SkippedByAsync(id, ct), ct)).Then<Done>(_ => Done.Value)
            : allowed;
    }

    /// <summary>A dataset that a run writes to, at whose home the run is changed; null when this site knows no such run.</summary>
    public async ValueTask<DatasetId?> FindOutputAsync(Guid run, CancellationToken ct) =>
        (await _runs.GetAsync(run, ct)).TryGet(out SiteRun? found, out _) && found.Outputs is [var output, ..] ? output : null;

    /// <summary>Runs that the caller may see, the newest first.</summary>
    public async Task<Result<Batch<VisibleRun>>> ListAsync(
        Caller caller, RunFilter filter, string? cursor, int limit, CancellationToken ct)
    {
        if (filter.Dataset is { } id)
        {
            Result<Access> access = await _authorizer.AuthorizeAsync(caller, id, Operation.HistoryRead, ct);
            if (!access.IsOk)
            {
                return access.Error;
            }
        }

        if (!TryParse(cursor, out long? before))
        {
            return ErrorCode.BadRequest.With("The cursor is not from a page of runs.");
        }

        var items = new List<VisibleRun>();
        var known = new Dictionary<DatasetId, Seen>();
        while (true)
        {
            IReadOnlyList<SiteRun> some = await _runs.ListAsync(filter, before, RunLimits.MaxRunsAtOnce, ct);
            foreach (SiteRun run in some)
            {
                before = run.Sequence;
                // The owner of a dataset that the caller may not see is not told by what is found.
                if (await SeeAsync(caller, run, known, ct) is { } seen && (filter.Owner is null || IsOf(filter.Owner, seen.Run)))
                {
                    items.Add(seen);
                }

                if (items.Count == Math.Clamp(limit, 1, RunLimits.MaxRunsAtOnce))
                {
                    return new Batch<VisibleRun>(items, before.Value.ToString(CultureInfo.InvariantCulture));
                }
            }

            if (some.Count < RunLimits.MaxRunsAtOnce)
            {
                return new Batch<VisibleRun>(items, null);
            }
        }

        bool IsOf(string owner, SiteRun shown) => DatasetsOf(shown).Any(one => known[one].Owner == owner);
    }

    /// <summary>
    /// The runs of a dataset that is read through this site: first those that wrote it, which its home knows; then those of this site that
    /// read it while it had a copy, which its home does not know.
    /// </summary>
    /// <inheritdoc cref="ListAsync(Caller, RunFilter, string?, int, CancellationToken)"/>
    public async Task<Result<Batch<VisibleRun>>> ListAsync(
        Caller caller, RunFilter filter, RunService here, string? cursor, int limit, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(here);
        var first = new Batch<VisibleRun>([], null);
        if (cursor?.StartsWith(OfHere, StringComparison.Ordinal) != true)
        {
            if (!(await ListAsync(caller, filter, cursor, limit, ct)).TryGet(out first, out HutchError? refusal))
            {
                return refusal;
            }

            if (first.Next is not null || first.Items.Count >= limit)
            {
                return first with { Next = first.Next ?? OfHere };
            }

            cursor = OfHere;
        }

        string? after = cursor.Length > OfHere.Length ? cursor[OfHere.Length..] : null;
        Result<Batch<VisibleRun>> own = await here.ListAsync(caller, filter, after, limit - first.Items.Count, ct);
        return own.Then<Batch<VisibleRun>>(rest => new Batch<VisibleRun>(
            [.. first.Items, .. rest.Items.Where(one => !one.Run.Outputs.Contains(filter.Dataset!.Value))],
            rest.Next is { } next ? OfHere + next : null));
    }

    /// <summary>Where a dataset comes from and what was made of it, as far as the caller may see.</summary>
    public async Task<Result<VisibleLineage>> LineageAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await _authorizer.AuthorizeAsync(caller, id, Operation.HistoryRead, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        SiteLineage lineage = await _runs.LineageAsync(id, ct);
        var known = new Dictionary<DatasetId, Seen>();
        var runs = new List<VisibleRun>();
        foreach (SiteRun run in lineage.Runs)
        {
            if (await SeeAsync(caller, run, known, ct) is { } seen)
            {
                runs.Add(seen);
            }
        }

        return new VisibleLineage(
            await DescribeAsync(caller, lineage.Ancestors, ct),
            await DescribeAsync(caller, lineage.Descendants, ct),
            runs,
            lineage.IsTruncated);
    }

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

    private async ValueTask<Result<Done>> MayStopAsync(Caller caller, SiteRun run, CancellationToken ct)
    {
        if (caller.IsUser && caller.Name == run.Description.User && Authorizer.Authorize(caller, Operation.RunStopOwn).IsOk)
        {
            return Done.Value;
        }

        // The refusal tells no more than the caller sees: who sees none of its datasets does not see the run.
        HutchError refusal = NoRun(run.Id);
        foreach (DatasetId dataset in DatasetsOf(run))
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

    private async ValueTask<IReadOnlyList<DatasetDescription>> DescribeAsync(
        Caller caller, IReadOnlyList<DatasetId> datasets, CancellationToken ct)
    {
        var visible = new List<Access>();
        foreach (DatasetId dataset in datasets)
        {
            Result<Access> access = await _authorizer.AuthorizeAsync(caller, dataset, Operation.DatasetView, ct);
            if (access.IsOk)
            {
                visible.Add(access.Value);
            }
        }

        return await _describer.DescribeAsync(caller, visible, ct);
    }

    /// <summary>The run as the caller may see it; null when it may see none of its datasets.</summary>
    private async ValueTask<VisibleRun?> SeeAsync(Caller caller, SiteRun run, Dictionary<DatasetId, Seen> known, CancellationToken ct)
    {
        var visible = new HashSet<DatasetId>();
        bool isMember = false;
        foreach (DatasetId dataset in DatasetsOf(run))
        {
            if (!known.TryGetValue(dataset, out Seen seen))
            {
                Result<Access> access = await _authorizer.AuthorizeAsync(caller, dataset, Operation.HistoryRead, ct);
                seen = access.IsOk ? new Seen(access.Value.Dataset.Owner.Name, access.Value.Given.Includes(Rights.Write)) : default;
                known.Add(dataset, seen);
            }

            if (seen.Owner is not null)
            {
                visible.Add(dataset);
            }

            isMember |= seen.IsMember;
        }

        if (visible.Count == 0)
        {
            return null;
        }

        SiteRun shown = run with
        {
            Inputs = [.. run.Inputs.Where(input => visible.Contains(input.Dataset))],
            Outputs = [.. run.Outputs.Where(visible.Contains)],
        };
        return new VisibleRun(shown, shown.Inputs.Count == run.Inputs.Count, isMember);
    }

    private static IEnumerable<DatasetId> DatasetsOf(SiteRun run) => run.Inputs.Select(input => input.Dataset).Concat(run.Outputs);

    private static HutchError NoRun(Guid run) => ErrorCode.NotFound.With($"There is no run {run:N} that you can see.");

    private static bool TryParse(string? cursor, out long? before)
    {
        before = null;
        if (cursor is null)
        {
            return true;
        }

        bool isNumber = long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        before = number;
        return isNumber;
    }

    /// <summary>A dataset as the caller sees it.</summary>
    /// <param name="Owner">Whose it is; null when the caller may not see it.</param>
    /// <param name="IsMember">Whether the caller may write to it.</param>
    private readonly record struct Seen(string? Owner, bool IsMember);
}
