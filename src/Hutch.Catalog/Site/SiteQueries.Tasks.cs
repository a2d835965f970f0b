using Hutch.Catalog.Sqlite;
using Hutch.Model.Site;

namespace Hutch.Catalog.Site;

public sealed partial class SiteQueries
{
    private const string SelectSwitches = "SELECT program, account, dataset, parameters FROM program_switches WHERE ";
    private const string SelectDue = "SELECT dataset, program, rule, account, parameters, depth, site, snapshot FROM program_starts WHERE ";
    private const string SelectHanded =
        "SELECT run, dataset, output, program, version, account, site, site_name, time FROM handed_runs WHERE ";
    private const string IsIssued = "phase IN ('issued', 'claimed')";
    private const string SelectTasks = "SELECT run, sequence, starter, program, engine, attempt, payer, attempt_time FROM run_tasks WHERE ";

    /// <summary>Lists the oldest run of each account, program and payer that waits for an engine.</summary>
    public IReadOnlyList<RunTaskState> FirstWaitingTasks(string engine)
    {
        var all = new List<RunTaskState>();
        for (RunTaskState? first = After("", "", ""); first is not null; first = After(first.Starter, first.Program, first.Payer))
        {
            all.Add(first);
        }

        return all;

        // One seek in the index for each, however many runs wait behind it.
        RunTaskState? After(string starter, string program, string payer) => session.Select(
            SelectTasks + "phase = 'queued' AND engine = $1 AND (starter, program, payer) > ($2, $3, $4) "
            + "ORDER BY starter, program, payer, sequence LIMIT 1",
            Task, engine, starter, program, payer).FirstOrDefault();
    }

    /// <summary>Returns the next run of the same account, program, payer and engine that waits; null for none.</summary>
    public RunTaskState? NextWaitingTask(RunTaskState after) => session.Select(
        SelectTasks + "phase = 'queued' AND engine = $1 AND starter = $2 AND program = $3 AND payer = $4 AND sequence > $5 "
        + "ORDER BY sequence LIMIT 1",
        Task, after.Engine, after.Starter, after.Program, after.Payer, after.Sequence).FirstOrDefault();

    /// <summary>Lists runs whose delay before the next attempt is over, in the order of these times.</summary>
    public IReadOnlyList<RunTaskState> DelayedTasks(string engine, long now, int limit) => session.Select(
        SelectTasks + "phase = 'delayed' AND engine = $1 AND not_before <= $2 ORDER BY not_before LIMIT $3", Task, engine, now, limit);

    /// <summary>Lists runs that an engine has, in the order of their starts.</summary>
    public IReadOnlyList<RunTaskState> IssuedTasks() => session.Select(SelectTasks + IsIssued + " ORDER BY sequence", Task);

    /// <summary>Lists runs with a change after a place in the order of all changes, each with the place of its newest change.</summary>
    public IReadOnlyList<(RunTaskState Run, bool IsIssued, long Place)> ChangedTasks(long after, int limit) => session.Select(
        $"SELECT run, sequence, starter, program, engine, attempt, payer, attempt_time, {IsIssued}, changed FROM run_tasks "
        + "WHERE changed > $1 ORDER BY changed LIMIT $2",
        static row => (Task(row), row.Number(8) != 0, row.Number(9)), after, limit);

    /// <summary>Returns the place of the newest change of a run's attempts; 0 without any.</summary>
    public long NewestTaskChange() => Single("SELECT coalesce(max(changed), 0) FROM run_tasks");

    /// <summary>Counts the runs that wait for an engine: all, or those of one account.</summary>
    public long WaitingTaskCount(string? starter) => Single(
        "SELECT count(*) FROM run_tasks WHERE phase IN ('queued', 'delayed') AND ($1 IS NULL OR starter = $1)", starter);

    /// <summary>Lists runs that engines have, then runs that wait: of all accounts, or of one.</summary>
    public IReadOnlyList<SiteRun> TasksInProgress(string? starter, int limit) => Runs(
        SelectRuns +
        """
        id IN (
            SELECT run FROM run_tasks WHERE phase IN ('queued', 'delayed', 'issued', 'claimed') AND ($1 IS NULL OR starter = $1)
            ORDER BY phase IN ('queued', 'delayed'), sequence LIMIT $2)
        ORDER BY sequence
        """,
        starter, limit);

    /// <summary>Lists the runs that repeated another one and wait for the comparison, in the order of their starts.</summary>
    public IReadOnlyList<Guid> UncomparedRuns(int limit) => session.Select(
        "SELECT run FROM run_tasks WHERE phase = 'uncompared' ORDER BY sequence LIMIT $1", static row => Guid.Parse(row.Utf8(0)), limit);

    /// <summary>Lists the outcomes of comparisons that a dataset keeps, the oldest first.</summary>
    public IReadOnlyList<SiteStatement> Statements(DatasetId dataset) => session.Select(
        "SELECT run, document, proof, reason FROM statements WHERE dataset = $1 ORDER BY sequence",
        static row => new SiteStatement(Guid.Parse(row.Utf8(0)), row.TextOrNull(1), row.TextOrNull(2), row.TextOrNull(3)),
        dataset.ToString());

    /// <summary>Returns a part of a run; null if it never began.</summary>
    public RunPart? Part(Guid run, string name) => session.Select(
        "SELECT part FROM run_parts WHERE run = $1 AND name = $2", Part, run.ToString("N"), name).FirstOrDefault();

    /// <summary>Returns the name of a part whose folder is inside that of another one, or around it; null for none.</summary>
    public string? OverlappingPart(Guid run, DatasetPath name) => session.Select(
            "SELECT name FROM run_parts WHERE run = $1 AND name >= $2 AND name < $3 LIMIT 1",
            static row => row.Text(0), run.ToString("N"), name.Value + "/", name.Value + "0").FirstOrDefault()
        ?? name.Ancestors().Select(static path => path.Value).FirstOrDefault(path => Part(run, path) is not null);

    /// <summary>Counts the parts of a run in each state.</summary>
    public PartCounts PartCounts(Guid run)
    {
        Dictionary<string, long> counts = session.Select(
            "SELECT state, count(*) FROM run_parts WHERE run = $1 GROUP BY state",
            static row => KeyValuePair.Create(row.Text(0), row.Number(1)), run.ToString("N")).ToDictionary(StringComparer.Ordinal);
        return new PartCounts(
            counts.GetValueOrDefault("running"), counts.GetValueOrDefault("done"), counts.GetValueOrDefault("failed"));
    }

    /// <summary>Lists parts of a run, in the order in which they first began.</summary>
    /// <param name="state">Lists those in this state alone; null for all.</param>
    /// <param name="after">The order of the last known one; 0 to begin.</param>
    public IReadOnlyList<(long Order, RunPart Part)> Parts(Guid run, string? state, long after, int limit) => session.Select(
        "SELECT part, sequence FROM run_parts WHERE run = $1 AND sequence > $2 AND ($3 IS NULL OR state = $3) ORDER BY sequence LIMIT $4",
        static row => (row.Number(1), Part(row)), run.ToString("N"), after, state, limit);

    /// <summary>Returns the run in progress that writes parts to a dataset; null for none.</summary>
    public SiteRun? RunOfParts(DatasetId output) => Runs(
            SelectRuns + WritesTo + " AND finished IS NULL ORDER BY sequence LIMIT 100", output.ToString())
        .FirstOrDefault(static run => run.Description.Parts is not null);

    /// <summary>Returns true if a run, also one that has ended, wrote parts to a dataset.</summary>
    public bool HasParts(DatasetId output) => Any(
        "SELECT 1 FROM runs WHERE " + WritesTo + " AND json_extract(description, '$.parts') IS NOT NULL LIMIT 1", output.ToString());

    /// <summary>Counts the runs that wait and were started before one.</summary>
    public long TasksAhead(Guid run) => Single(
        "SELECT count(*) FROM run_tasks WHERE phase = 'queued' AND sequence < (SELECT sequence FROM run_tasks WHERE run = $1)",
        run.ToString("N"));

    /// <summary>Lists the programs that an account has switched on.</summary>
    public IReadOnlyList<ProgramSwitch> SwitchesOf(string user, int limit) => session.Select(
        SelectSwitches + "account = $1 ORDER BY program, dataset LIMIT $2", Switch, user, limit);

    /// <summary>Lists the programs that are switched on for a dataset: for itself first, then for all datasets of its owner.</summary>
    public IReadOnlyList<ProgramSwitch> SwitchesFor(DatasetId dataset, string owner, int limit) => session.Select(
        SelectSwitches + "dataset = $1 OR (dataset = '' AND account = $2) ORDER BY dataset DESC, program, account LIMIT $3",
        Switch, dataset.ToString(), owner, limit);

    /// <summary>Returns true if a program is switched on for a dataset, or for all datasets of its owner.</summary>
    public bool HasSwitch(DatasetId dataset, string owner) => Any(
        "SELECT 1 FROM program_switches WHERE dataset = $1 OR (dataset = '' AND account = $2) LIMIT 1", dataset.ToString(), owner);

    /// <summary>Returns true if an account has switched on a program for a dataset, or for all of its datasets.</summary>
    public bool HasSwitchOf(string user, DatasetId dataset) => Any(
        "SELECT 1 FROM program_switches WHERE account = $1 AND dataset IN ('', $2) LIMIT 1", user, dataset.ToString());

    /// <summary>Lists the switches of a program, of all accounts, after one of them.</summary>
    public IReadOnlyList<ProgramSwitch> SwitchesOfProgram(string program, ProgramSwitch? after, int limit) => session.Select(
        SelectSwitches + "program = $1 AND (account, dataset) > ($2, $3) ORDER BY account, dataset LIMIT $4",
        Switch, program, after?.User ?? "", after?.Dataset?.ToString() ?? "", limit);

    /// <summary>Lists datasets that were closed and wait for a decision, in the order of their closes.</summary>
    public IReadOnlyList<DatasetId> DatasetsWantingPrograms(int limit) => session.Select(
        "SELECT dataset FROM program_wanted ORDER BY sequence LIMIT $1", static row => new DatasetId(Guid.Parse(row.Utf8(0))), limit);

    /// <summary>Lists runs that published results and wait for the decision which programs follow, in the order of their ends.</summary>
    public IReadOnlyList<Guid> RunsWantingPrograms(int limit) => session.Select(
        "SELECT run FROM program_after ORDER BY sequence LIMIT $1", static row => Guid.Parse(row.Utf8(0)), limit);

    /// <summary>
    /// Lists the starts that are due: the first of each account, then the second ones, and so on, as those of one account may have to wait.
    /// </summary>
    /// <param name="areElsewhere">True for those for which another site was chosen, false for the others.</param>
    public IReadOnlyList<DueStart> DueStarts(bool areElsewhere, int limit) => session.Select(
        SelectDue + $"run IS NULL AND reason IS NULL AND site IS {(areElsewhere ? "NOT " : "")}NULL "
        + "ORDER BY row_number() OVER (PARTITION BY account ORDER BY sequence), sequence LIMIT $1",
        Due, limit);

    /// <summary>Lists the starts on a dataset that are due.</summary>
    public IReadOnlyList<DueStart> DueStartsOn(DatasetId dataset, int limit) => session.Select(
        SelectDue + "dataset = $1 AND run IS NULL AND reason IS NULL ORDER BY sequence LIMIT $2", Due, dataset.ToString(), limit);

    /// <summary>Returns a run that was asked for here and is at another site; null for none.</summary>
    public HandedRun? HandedRun(Guid run) => session.Select(SelectHanded + "run = $1", Handed, run.ToString("N")).FirstOrDefault();

    /// <summary>Lists runs at other sites that read a dataset and were asked for here, the newest first.</summary>
    public IReadOnlyList<HandedRun> HandedRunsOf(DatasetId dataset, int limit) => session.Select(
        SelectHanded + "dataset = $1 ORDER BY sequence DESC LIMIT $2", Handed, dataset.ToString(), limit);

    /// <summary>Returns true if a start is due and has not happened.</summary>
    public bool IsDue(DatasetId dataset, string program, string rule) => Any(
        "SELECT 1 FROM program_starts WHERE dataset = $1 AND program = $2 AND rule = $3 AND run IS NULL AND reason IS NULL",
        dataset.ToString(), program, rule);

    /// <summary>Returns true if a start is due and is not for another site.</summary>
    public bool IsDueHere(DatasetId dataset, string program, string rule) => Any(
        "SELECT 1 FROM program_starts WHERE dataset = $1 AND program = $2 AND rule = $3 AND run IS NULL AND reason IS NULL "
        + "AND site IS NULL",
        dataset.ToString(), program, rule);

    /// <summary>Returns true if a rule has caused a start of a program on a dataset, whatever became of it.</summary>
    public bool HasStart(DatasetId dataset, string program, string rule) => Any(
        "SELECT 1 FROM program_starts WHERE dataset = $1 AND program = $2 AND rule = $3", dataset.ToString(), program, rule);

    /// <summary>Lists the open datasets of an owner whose home is here, newest first.</summary>
    public IReadOnlyList<DatasetId> OpenDatasetsOf(string owner, int limit) => session.Select(
        "SELECT id FROM datasets WHERE owner = $1 AND ended IS NULL AND home IS NULL AND closed IS NULL AND trashed_until IS NULL "
        + "ORDER BY key DESC LIMIT $2",
        static row => new DatasetId(Guid.Parse(row.Utf8(0))), owner, limit);

    /// <summary>Lists the closed datasets of an owner with some types, also copies, newest first.</summary>
    public IReadOnlyList<DatasetId> ClosedDatasetsOf(string owner, IReadOnlyCollection<string> types, int limit) => session.Select(
        "SELECT id FROM datasets WHERE owner = $1 AND ended IS NULL AND closed IS NOT NULL AND trashed_until IS NULL "
        + "AND type IN (SELECT value FROM json_each($2)) ORDER BY closed DESC, key DESC LIMIT $3",
        static row => new DatasetId(Guid.Parse(row.Utf8(0))), owner, JsonArray(types), limit);

    private static ProgramSwitch Switch(SqliteRows row) => new(
        row.Text(0), row.Text(1), row.Text(2) is { Length: > 0 } id ? new DatasetId(Guid.Parse(id)) : null, Json(row, 3));

    private static DueStart Due(SqliteRows row) => new(
        new DatasetId(Guid.Parse(row.Utf8(0))),
        new DueProgram(row.Text(1), row.Text(2), row.Text(3), Json(row, 4), (int)row.Number(5)))
    {
        Site = row.TextOrNull(6),
        Snapshot = row.NumberOrNull(7),
    };

    private static HandedRun Handed(SqliteRows row) => new(
        Guid.Parse(row.Utf8(0)), new DatasetId(Guid.Parse(row.Utf8(1))), new DatasetId(Guid.Parse(row.Utf8(2))), row.Text(3), row.Text(4),
        row.Text(5), row.Text(6), row.Text(7), row.Number(8));

    private static JsonElement? Json(SqliteRows row, int column) =>
        row.TextOrNull(column) is { } text ? JsonElement.Parse(text) : null;

    private static RunPart Part(SqliteRows row) =>
        JsonSerializer.Deserialize(row.Utf8(0), RunDescriptionJson.Part) ?? throw new JsonException("A part has a state.");

    private static RunTaskState Task(SqliteRows row) => new(
        Guid.Parse(row.Utf8(0)), row.Number(1), row.Text(2), row.Text(3), row.Text(4), Attempt(row, 5))
    {
        Payer = row.Text(6),
        MaxCoreMilliseconds = row.Number(7),
    };

    private static RunAttempt Attempt(SqliteRows row, int column) =>
        JsonSerializer.Deserialize(row.Utf8(column), RunDescriptionJson.Attempt) ?? throw new JsonException("A task has an attempt.");
}
