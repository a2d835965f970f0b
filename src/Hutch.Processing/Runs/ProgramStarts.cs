using Hutch.Site.Write.Committing;

namespace Hutch.Processing.Runs;

/// <summary>
/// The programs that accounts have switched on, and the starts that their rules caused. Each step is a commit of its own: after any end of
/// a server the next step follows, and no start happens twice. Its answers are durable.
/// </summary>
/// <remarks>Thread-safe. Checks no rights: the caller has.</remarks>
public sealed class ProgramStarts
{
    public const int MaxSwitchesOfAccount = 1000;

    private readonly Committer _committer;
    private readonly SiteDatabase _records;

    internal ProgramStarts(Committer committer, SiteDatabase records)
    {
        (_committer, _records) = (committer, records);
        committer.Committed += OnCommitted;
    }

    /// <summary>Raised when a server of the site has closed a dataset. Handlers must return at once.</summary>
    public event Action? Closed;

    public ValueTask<IReadOnlyList<ProgramSwitch>> SwitchesOfAsync(string user, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.SwitchesOf(user, MaxSwitchesOfAccount), ct);

    /// <summary>Lists the programs that are switched on for a dataset: for itself first, then for all datasets of its owner.</summary>
    public ValueTask<IReadOnlyList<ProgramSwitch>> SwitchesForAsync(DatasetId dataset, string owner, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.SwitchesFor(dataset, owner, MaxSwitchesOfAccount), ct);

    /// <summary>Lists the switches of a program, of all accounts, after one of them.</summary>
    public ValueTask<IReadOnlyList<ProgramSwitch>> SwitchesOfProgramAsync(
        string program, ProgramSwitch? after, int limit, CancellationToken ct) =>
        _records.ReadAsync(queries => queries.SwitchesOfProgram(program, after, limit), ct);

    /// <summary>Switches a program on or off. The same again changes nothing.</summary>
    public Task<Result<Done>> SwitchAsync(ProgramSwitch wanted, bool isOn, CancellationToken ct)
    {
        return _committer.CommitAsync<Done>(
            context =>
            {
                IReadOnlyList<ProgramSwitch> known = context.Queries.SwitchesOf(wanted.User, MaxSwitchesOfAccount);
                bool isKnown = known.Any(one => one.Program == wanted.Program && one.Dataset == wanted.Dataset);
                if (isOn && !isKnown && known.Count == MaxSwitchesOfAccount)
                {
                    return ErrorCode.Unprocessable.With(
                        $"'{wanted.User}' has switched on programs {MaxSwitchesOfAccount} times, the maximum. Switch some off first.");
                }

                if (isOn || isKnown)
                {
                    context.Emit(new JournalRecord.ProgramSwitched(
                        wanted.Program, wanted.User, wanted.Dataset, isOn, isOn ? wanted.Parameters : null));
                }

                return Done.Value;
            },
            [],
            ct);
    }

    /// <summary>Lists datasets that were closed and wait for a decision, in the order of their closes.</summary>
    public ValueTask<IReadOnlyList<DatasetId>> WantingAsync(int limit, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.DatasetsWantingPrograms(limit), ct);

    /// <summary>Lists runs that published results and wait for the decision which programs follow, in the order of their ends.</summary>
    public ValueTask<IReadOnlyList<Guid>> WantingAfterRunsAsync(int limit, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.RunsWantingPrograms(limit), ct);

    public ValueTask<SiteRun?> FindRunAsync(Guid run, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.Run(run), ct);

    /// <summary>Lists the starts that are due: the first of each account, then the second ones, and so on.</summary>
    /// <param name="areElsewhere">True for those for which another site was chosen, false for the others.</param>
    public ValueTask<IReadOnlyList<DueStart>> DueAsync(bool areElsewhere, int limit, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.DueStarts(areElsewhere, limit), ct);

    /// <summary>Returns true if a rule has caused a start of a program on a dataset, whatever became of it.</summary>
    public ValueTask<bool> HasStartAsync(DatasetId dataset, string program, string rule, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.HasStart(dataset, program, rule), ct);

    public ValueTask<IReadOnlyList<DatasetId>> OpenDatasetsOfAsync(string owner, int limit, CancellationToken ct) =>
        _records.ReadAsync(queries => queries.OpenDatasetsOf(owner, limit), ct);

    /// <summary>Lists the closed datasets of an owner with some types, also copies, newest first.</summary>
    public ValueTask<IReadOnlyList<DatasetId>> ClosedDatasetsOfAsync(
        string owner, IReadOnlyCollection<string> types, int limit, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.ClosedDatasetsOf(owner, types, limit), ct);

    /// <summary>Returns the number of starts without a person that led to a dataset; 0 for one that no rule made.</summary>
    public ValueTask<int> DepthOfAsync(DatasetId dataset, CancellationToken ct) => _records.ReadConsistentAsync(
        queries => queries.RunsInto(dataset, 100).Select(static run => run.Description.Trigger?.Depth ?? 0).DefaultIfEmpty().Max(), ct);

    /// <summary>
    /// Returns the programs whose runs led to a dataset, one from the results of another. A dataset that a person derived has none before
    /// it.
    /// </summary>
    /// <param name="most">The most such programs in a row.</param>
    public ValueTask<IReadOnlySet<string>> ProgramsBeforeAsync(DatasetId dataset, int most, CancellationToken ct) =>
        _records.ReadConsistentAsync<IReadOnlySet<string>>(
            queries =>
            {
                var found = new HashSet<string>(StringComparer.Ordinal);
                HashSet<DatasetId> level = [dataset];
                for (int i = 0; i < most && level.Count > 0; i++)
                {
                    SiteRun[] runs = [.. level.SelectMany(one => queries.RunsInto(one, 100))];
                    found.UnionWith(runs.Select(static run => run.Description.Program));
                    level = [.. runs.SelectMany(static run => run.Inputs.Take(1)).Select(static input => input.Dataset).Take(100)];
                }

                return found;
            },
            ct);

    /// <summary>Makes starts due. One whose key is known changes nothing.</summary>
    /// <param name="isOfClose">True for the decision about a dataset that was closed, which then waits no longer.</param>
    public Task<Result<Done>> DecideAsync(DatasetId dataset, IReadOnlyList<DueProgram> starts, bool isOfClose, CancellationToken ct) =>
        DecideAsync(new JournalRecord.ProgramsDue(dataset, starts, isOfClose), ct);

    /// <summary>Makes starts due that follow a run, which then waits no longer for the decision.</summary>
    public Task<Result<Done>> DecideAfterAsync(Guid run, DatasetId results, IReadOnlyList<DueProgram> starts, CancellationToken ct) =>
        DecideAsync(new JournalRecord.ProgramsDue(results, starts, OfClose: false, run), ct);

    private Task<Result<Done>> DecideAsync(JournalRecord.ProgramsDue decision, CancellationToken ct) =>
        _committer.CommitAsync<Done>(
            context =>
            {
                context.Emit(decision);
                return Done.Value;
            },
            [],
            ct,
            mayUseReserve: true);

    /// <summary>Gives up a start that is due, for a reason that its user was sent.</summary>
    public Task<Result<Done>> DropAsync(DueStart due, string reason, CancellationToken ct)
    {
        return _committer.CommitAsync<Done>(
            context =>
            {
                if (context.Queries.IsDue(due.Dataset, due.Program.Program, due.Program.Rule))
                {
                    context.Emit(new JournalRecord.ProgramDropped(due.Dataset, due.Program.Program, due.Program.Rule, reason));
                }

                return Done.Value;
            },
            [],
            ct,
            mayUseReserve: true);
    }

    /// <summary>
    /// Notes which other site is to start what is due. A start goes to one site: the first one that was noted stays.
    /// </summary>
    /// <returns>The start as it is due now. Refused when it is not due any more.</returns>
    public Task<Result<DueStart>> SendAsync(DueStart due, string site, long? snapshot, CancellationToken ct)
    {
        return _committer.CommitAsync<DueStart>(
            context =>
            {
                DueStart? standing = FindDue(context.Queries, due);
                if (standing is { Site: null })
                {
                    context.Emit(new JournalRecord.ProgramSent(due.Dataset, due.Program.Program, due.Program.Rule, site, snapshot));
                    standing = FindDue(context.Queries, due);
                }

                return standing is null ? ErrorCode.Unavailable.With("The start is not due any more.") : standing;
            },
            [],
            ct,
            mayUseReserve: true);

        static DueStart? FindDue(SiteQueries queries, DueStart wanted) => queries.DueStartsOn(wanted.Dataset, int.MaxValue)
            .FirstOrDefault(one => one.Program.Program == wanted.Program.Program && one.Program.Rule == wanted.Program.Rule);
    }

    /// <summary>Records that another site has started a run; a start that was due here is over with it.</summary>
    /// <param name="rule">The rule whose start was due; null for a person.</param>
    public Task<Result<HandedRun>> HandOverAsync(HandedRun run, string? rule, CancellationToken ct)
    {
        return _committer.CommitAsync<HandedRun>(
            context =>
            {
                context.Emit(new JournalRecord.RunHandedOver(
                    run.Run, run.Dataset, run.Output, run.Program, run.Version, run.User, run.Site, run.SiteName, rule));
                return context.Queries.HandedRun(run.Run)!;
            },
            [],
            ct,
            mayUseReserve: true);
    }

    /// <summary>Returns a run that was asked for here and is at another site; null for none.</summary>
    public ValueTask<HandedRun?> FindHandedAsync(Guid run, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.HandedRun(run), ct);

    /// <summary>Lists runs at other sites that read a dataset and were asked for here, the newest first.</summary>
    public ValueTask<IReadOnlyList<HandedRun>> HandedOfAsync(DatasetId dataset, int limit, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.HandedRunsOf(dataset, limit), ct);

    /// <summary>Lists the starts on a dataset that are due.</summary>
    public ValueTask<IReadOnlyList<DueStart>> DueOnAsync(DatasetId dataset, int limit, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.DueStartsOn(dataset, limit), ct);

    /// <summary>
    /// Gives up everything that waits. A restored backup does not know whether it happened after the backup was made.
    /// </summary>
    public async Task ForgetAsync(CancellationToken ct)
    {
        foreach (DatasetId dataset in await WantingAsync(int.MaxValue, ct))
        {
            await DecideAsync(dataset, [], isOfClose: true, ct);
        }

        foreach (Guid run in await WantingAfterRunsAsync(int.MaxValue, ct))
        {
            await DecideAfterAsync(run, (await FindRunAsync(run, ct))!.Outputs[0], [], ct);
        }

        foreach (DueStart due in (DueStart[])[.. await DueAsync(false, int.MaxValue, ct), .. await DueAsync(true, int.MaxValue, ct)])
        {
            await DropAsync(due, "The site was restored from a backup. Start the program by hand if its results are missing.", ct);
        }
    }

    private void OnCommitted(IReadOnlyList<JournalRecord> records)
    {
        foreach (JournalRecord record in records)
        {
            if (record is JournalRecord.DatasetClosed)
            {
                Closed?.Invoke();
                return;
            }
        }
    }
}
