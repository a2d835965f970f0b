using System.Runtime.InteropServices;
using Hutch.Datasets.Analyses;
using Hutch.Model.Parameters;
using Hutch.Programs.Documents;
using Hutch.Zone.Grants;
using Microsoft.Extensions.Logging;

namespace Hutch.Datasets.Programs;

/// <summary>
/// Starts programs by their rules, on behalf of the accounts that switched them on. A rule starts a program once on a dataset: what is due
/// is a record, and the run is made in the commit that ends it.
/// </summary>
/// <remarks>For one caller at a time, at one server of the site; <see cref="HandOverAsync"/> may run at the same time as steps.</remarks>
public sealed partial class ProgramTriggers
{
    /// <summary>The most starts in a row that no person caused.</summary>
    public const int MaxDepth = 5;

    private const int MaxAtOnce = 100;
    private const int MaxOpenDatasets = 200;
    private const int MaxSwitches = 1000;
    private const int MaxSeen = 100_000;

    private const int MaxElsewhere = 10_000;

    // An answer of a site that is away takes seconds.
    private const int MaxRefused = 4;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);
    private static readonly TokenScope Scope = new(TokenScopes.Read | TokenScopes.Write);

    private readonly ProgramLibrary _library;
    private readonly ProgramFit _fit;
    private readonly ProgramService _programs;
    private readonly ProgramStarter _starter;
    private readonly ProgramStarts _starts;
    private readonly HeadReader _heads;
    private readonly Authenticator _authenticator;
    private readonly DatasetNotices _notices;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<(DatasetId Dataset, string Program), long> _seen = [];

    // Starts about which other sites have to be asked.
    private readonly List<DueStart> _open = [];
    private long _looked;

    internal ProgramTriggers(
        ProgramLibrary library, ProgramFit fit, ProgramService programs, ProgramStarter starter, ProgramStarts starts,
        HeadReader heads, Authenticator authenticator, DatasetNotices notices, TimeProvider time, ILogger logger)
    {
        (_library, _fit, _programs, _starter, _starts, _heads) = (library, fit, programs, starter, starts, heads);
        (_authenticator, _notices, _time, _logger) = (authenticator, notices, time, logger);
    }

    /// <summary>Decides about datasets that were closed or have new files, and starts what is due.</summary>
    public async Task StepAsync(CancellationToken ct)
    {
        foreach (DatasetId closed in await _starts.WantingAsync(MaxAtOnce, ct))
        {
            await _starts.DecideAsync(closed, await OnCloseAsync(closed, ct), isOfClose: true, ct);
        }

        foreach (Guid run in await _starts.WantingAfterRunsAsync(MaxAtOnce, ct))
        {
            await FollowAsync(run, ct);
        }

        if (_looked == 0 || _time.GetElapsedTime(_looked) >= LookAgain)
        {
            await LookForFilesAsync(ct);
            _looked = _time.GetTimestamp();
        }

        foreach (DueStart due in await _starts.DueAsync(areElsewhere: false, MaxAtOnce, ct))
        {
            await StartAsync(due, ct);
        }
    }

    /// <summary>
    /// Hands starts over to other sites, and asks those about starts for which no site was chosen. Sites that are away take time, in which
    /// <see cref="StepAsync"/> continues.
    /// </summary>
    public async Task HandOverAsync(CancellationToken ct)
    {
        DueStart[] open = [.. _open];
        _open.Clear();
        foreach (DueStart due in open)
        {
            await SettleAsync(due, await TryAsync(due, mayAsk: true, ct), ct);
        }

        IReadOnlyList<DueStart> all = await _starts.DueAsync(areElsewhere: true, MaxElsewhere, ct);
        await Task.WhenAll(all.GroupBy(static due => due.Site!, StringComparer.Ordinal).Select(site => HandOverToAsync([.. site], ct)));
    }

    /// <summary>Hands starts over to one site, those that were tried least first, until it has refused a few.</summary>
    private async Task HandOverToAsync(IReadOnlyList<DueStart> starts, CancellationToken ct)
    {
        int refused = 0;
        foreach (DueStart due in starts.OrderBy(_starter.TriesOf))
        {
            Result<VisibleRun?> started = (await FindCallerAsync(due, ct)).TryGet(out Caller? caller, out HutchError? refusal)
                ? (await _starter.HandOverDueAsync(caller, due, ct)).Then<VisibleRun?>(static run => run)
                : refusal;
            await SettleAsync(due, started, ct);
            if (!started.IsOk && ++refused == MaxRefused)
            {
                return;
            }
        }
    }

    private async ValueTask<IReadOnlyList<DueProgram>> OnCloseAsync(DatasetId id, CancellationToken ct)
    {
        if (!(await _heads.DatasetAsync(id, ct)).TryGet(out SiteDataset? dataset, out _))
        {
            return [];
        }

        int depth = await _starts.DepthOfAsync(id, ct) + 1;
        IReadOnlySet<string> before = await _starts.ProgramsBeforeAsync(id, MaxDepth, ct);
        var due = new List<DueProgram>();
        IReadOnlyList<ProgramSwitch> switches = await _starts.SwitchesForAsync(id, dataset.Owner, ct);

        // Results never start a program that led to them: it would have no end.
        foreach (IGrouping<string, ProgramSwitch> same in switches.Where(one => !before.Contains(one.Program))
            .GroupBy(static one => one.Program, StringComparer.Ordinal))
        {
            ProgramSwitch one = await ChooseAsync([.. same.OrderBy(one => one.User != dataset.Owner)], id, ct);

            // A program that is away now is due too, so that its user hears of it.
            bool applies = !_library.Find(one.Program).TryGet(out ProgramDocument? program, out _)
                || program.When is { IsOnClose: true } && _fit.FindMisfit(program, dataset, dataset.Slug) is null;
            if (applies)
            {
                due.Add(new DueProgram(one.Program, ProgramRule.OnClose.ToString(), one.User, one.Parameters, depth));
            }
        }

        return due;
    }

    /// <summary>
    /// Returns the switch that counts: a rule starts a program once on a dataset. Switches without the right, or with parameters that the
    /// document refuses by now, are passed over for the next one.
    /// </summary>
    private async ValueTask<ProgramSwitch> ChooseAsync(ProgramSwitch[] same, DatasetId dataset, CancellationToken ct)
    {
        foreach (ProgramSwitch one in same.Length > 1 ? same : [])
        {
            if (await MayStartAsync(one, dataset, ct))
            {
                return one;
            }
        }

        return same[0];
    }

    private async ValueTask<bool> MayStartAsync(ProgramSwitch wanted, DatasetId dataset, CancellationToken ct) =>
        (await _authenticator.ForSiteAsync(wanted.User, Scope, ct)).TryGet(out Caller? caller, out _)
        && await _programs.FindLackingAsync(caller, wanted.Program, dataset, ct) is null
        && _library.Find(wanted.Program)
            .Then(program => ParameterValues.Check(program, ProgramStarter.ToDictionary(wanted.Parameters))).IsOk;

    /// <summary>Decides which programs follow a run: those that its user has switched on, since the results are the user's.</summary>
    private async Task FollowAsync(Guid id, CancellationToken ct)
    {
        SiteRun run = (await _starts.FindRunAsync(id, ct))!;
        DatasetId results = run.Outputs[0];
        var due = new List<DueProgram>();
        if ((await _heads.DatasetAsync(results, ct)).TryGet(out SiteDataset? dataset, out _))
        {
            int depth = await _starts.DepthOfAsync(results, ct) + 1;
            IReadOnlyList<ProgramSwitch> switches = await _starts.SwitchesOfAsync(run.Description.User, ct);
            due.AddRange(switches
                .Where(one => (one.Dataset is null || one.Dataset == run.Inputs[0].Dataset) && Follows(one.Program, run, dataset))
                .OrderBy(static one => one.Dataset is null)
                .DistinctBy(static one => one.Program)
                .Select(one => new DueProgram(
                    one.Program, ProgramRule.AfterProgram(run.Description.Program).ToString(), one.User, one.Parameters, depth)));
        }

        await _starts.DecideAfterAsync(id, results, due, ct);
    }

    private bool Follows(string name, SiteRun run, SiteDataset results) =>
        _library.Find(name).TryGet(out ProgramDocument? program, out _) && program.When?.After == run.Description.Program
        && _fit.FindMisfit(program, results, results.Slug) is null;

    private async Task LookForFilesAsync(CancellationToken ct)
    {
        foreach (ProgramDocument program in _library.Programs.Where(static program => program.When is { Files: not null }))
        {
            var ofDataset = new Dictionary<DatasetId, List<ProgramSwitch>>();
            IReadOnlyList<ProgramSwitch> switches = [];
            do
            {
                switches = await _starts.SwitchesOfProgramAsync(program.Name, switches is [.., var last] ? last : null, MaxSwitches, ct);
                foreach (ProgramSwitch one in switches)
                {
                    IReadOnlyList<DatasetId> datasets = one.Dataset is { } only
                        ? [only]
                        : await _starts.OpenDatasetsOfAsync(one.User, MaxOpenDatasets, ct);
                    foreach (DatasetId dataset in datasets)
                    {
                        (CollectionsMarshal.GetValueRefOrAddDefault(ofDataset, dataset, out _) ??= []).Add(one);
                    }
                }
            }
            while (switches.Count == MaxSwitches);

            foreach ((DatasetId dataset, List<ProgramSwitch> own) in ofDataset)
            {
                await LookAtAsync(program, own, dataset, ct);
            }
        }
    }

    private async Task LookAtAsync(ProgramDocument program, List<ProgramSwitch> wanted, DatasetId id, CancellationToken ct)
    {
        long changed = await _heads.ChangedAsync(id, ct);
        bool isKnown = _seen.TryGetValue((id, program.Name), out long before) && before == changed;
        if (isKnown || !(await _heads.DatasetAsync(id, ct)).TryGet(out SiteDataset? dataset, out _)
            || wanted.Where(one => Applies(program, one, dataset)).ToArray() is not { Length: > 0 } applying)
        {
            return;
        }

        string rule = program.When!.ToString();
        if (!await _starts.HasStartAsync(id, program.Name, rule, ct) && await _fit.HasFilesAsync(program.When, id, ct)
            && !(await _starts.ProgramsBeforeAsync(id, MaxDepth, ct)).Contains(program.Name))
        {
            int depth = await _starts.DepthOfAsync(id, ct) + 1;
            ProgramSwitch one = await ChooseAsync(
                [.. applying.OrderBy(one => one.User != dataset.Owner).ThenBy(static one => one.Dataset is null)], id, ct);
            await _starts.DecideAsync(
                id, [new DueProgram(program.Name, rule, one.User, one.Parameters, depth)], isOfClose: false, ct);
        }

        if (_seen.Count >= MaxSeen)
        {
            _seen.Clear();
        }

        _seen[(id, program.Name)] = changed;
    }

    // A dataset that moved here may have had its start at its earlier home.
    private bool Applies(ProgramDocument program, ProgramSwitch wanted, SiteDataset dataset) =>
        dataset is { Closed: null, Copy: null, Ended: null, TrashedUntil: null }
        && (wanted.Dataset is not null || dataset.HomeSince is null)
        && _fit.FindMisfit(program, dataset, dataset.Slug) is null;

    private async Task StartAsync(DueStart due, CancellationToken ct)
    {
        Result<VisibleRun?> started = due.Program.Depth > MaxDepth
            ? ErrorCode.Unprocessable.With($"Programs started each other {MaxDepth} times in a row; the next start needs a person.")
            : await TryAsync(due, mayAsk: false, ct);
        if (started is { IsOk: true, Value: null } && _open.Count < MaxAtOnce && _starter.IsTimeToAsk(due))
        {
            _open.Add(due);
        }

        await SettleAsync(due, started, ct);
    }

    /// <summary>Notes what became of a start.</summary>
    /// <param name="started">The run; null if another site is to start it, or has to be asked.</param>
    private async Task SettleAsync(DueStart due, Result<VisibleRun?> started, CancellationToken ct)
    {
        DueProgram wanted = due.Program;
        if (started.TryGet(out VisibleRun? run, out HutchError? refusal))
        {
            if (run is null)
            {
                return;
            }

            _starter.NoteWait(due, null);
            if (run.Same is { } same)
            {
                await _starts.DropAsync(due, $"The same result exists: {same}.", ct);
                return;
            }

            LogStarted(_logger, run.Run.Id, wanted.Program, due.Dataset, wanted.User);
            return;
        }

        // It stays due, and is tried again in a second.
        if (refusal.Code == ErrorCode.Unavailable || refusal.Code == ErrorCode.OutcomeUnknown)
        {
            _starter.NoteWait(due, refusal.Message);
            return;
        }

        Result<int> notified = await _notices.NotifyUserAsync(
            due.Dataset, DatasetNotice.ProgramRefused(wanted.Program, wanted.Rule, refusal.Message), wanted.User, ct);
        if (notified.IsOk || notified.Error.Code == ErrorCode.NotFound)
        {
            LogRefused(_logger, wanted.Program, due.Dataset, wanted.User, refusal.Message);
            _starter.NoteWait(due, null);
            await _starts.DropAsync(due, refusal.Message, ct);
        }
    }

    private async Task<Result<VisibleRun?>> TryAsync(DueStart due, bool mayAsk, CancellationToken ct) =>
        (await FindCallerAsync(due, ct)).TryGet(out Caller? caller, out HutchError? refusal)
            ? await _starter.StartDueAsync(caller, due, mayAsk, ct)
            : refusal;

    private ValueTask<Result<Caller>> FindCallerAsync(DueStart due, CancellationToken ct) =>
        _authenticator.ForSiteAsync(due.Program.User, Scope, ct);

    [LoggerMessage(
        EventId = 5603, Level = LogLevel.Debug, Message = "The run {Run} of {Program} started by itself on {Dataset} for {User}")]
    private static partial void LogStarted(ILogger logger, Guid run, string program, DatasetId dataset, string user);

    [LoggerMessage(
        EventId = 5604, Level = LogLevel.Warning, Message = "{Program} did not start by itself on {Dataset} for {User}: {Reason}")]
    private static partial void LogRefused(ILogger logger, string program, DatasetId dataset, string user, string reason);
}
