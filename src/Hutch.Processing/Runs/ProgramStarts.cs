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
        ArgumentNullException.ThrowIfNull(wanted);
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
    public ValueTask<IReadOnlyList<DueStart>> DueAsync(int limit, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => queries.DueStarts(limit), ct);

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
        ArgumentNullException.ThrowIfNull(due);
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

        foreach (DueStart due in await DueAsync(int.MaxValue, ct))
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
