using Hutch.Catalog.Sqlite;
using Hutch.Model.Site;

namespace Hutch.Catalog.Site;

// Each run asks most of these, the first one of a server too: mappers that are made as the program runs would take it a tenth of a second.
public sealed partial class SiteQueries
{
    private const string SelectRuns =
        "SELECT id, sequence, started, finished, outcome, message, description, frames, failures, skipped FROM runs WHERE ";

    private const string IsOfWorkers = "json_extract(description, '$.isExternal') IS NULL";

    private const string WritesTo = "id IN (SELECT run FROM run_outputs WHERE dataset = $1)";

    private const string CopiesOf = "SELECT 1 FROM run_outputs o JOIN datasets d ON d.id = o.dataset WHERE d.home IS NOT NULL AND o.run = ";

    // Not over, and for workers of this site: the runs of copies are for those of the home.
    private const string IsInWork = $"finished IS NULL AND {IsOfWorkers} AND NOT EXISTS ({CopiesOf} runs.id)";

    private const string SelectResults = "SELECT sequence, run, frame, row FROM results WHERE dataset = $1 AND ";

    public SiteRun? Run(Guid id) => Runs(SelectRuns + "id = $1", id.ToString("N")).FirstOrDefault();

    /// <summary>Lists runs, newest first, with a sequence number below <paramref name="before"/>.</summary>
    public IReadOnlyList<SiteRun> RunsBefore(RunFilter filter, long before, int limit) => Runs(
        SelectRuns +
        """
        sequence < $1 AND ($2 IS NULL OR id IN (
            SELECT run FROM run_inputs WHERE dataset = $2 UNION SELECT run FROM run_outputs WHERE dataset = $2))
        AND ($3 IS NULL OR id IN (
            SELECT run FROM run_inputs WHERE dataset IN (SELECT id FROM datasets WHERE owner = $3)
            UNION SELECT run FROM run_outputs WHERE dataset IN (SELECT id FROM datasets WHERE owner = $3)))
        ORDER BY sequence DESC LIMIT $4
        """,
        before, filter.Dataset?.ToString(), filter.Owner, limit);

    /// <summary>
    /// Lists runs of a version of a program that read this version of a dataset, or another snapshot with the same files, newest first.
    /// Without a snapshot, those that follow the dataset.
    /// </summary>
    public IReadOnlyList<SiteRun> RunsOn(VersionReference input, string program, string version, int limit) => Runs(
        SelectRuns +
        """
        id IN (SELECT run FROM run_inputs WHERE dataset = $1 AND (snapshot IS $2 OR root = $3))
        AND json_extract(description, '$.program') = $4 AND json_extract(description, '$.version') = $5
        ORDER BY sequence DESC LIMIT $6
        """,
        input.Dataset.ToString(), input.Snapshot, input.Root?.ToString(), program, version, limit);

    /// <summary>Lists runs that write to a dataset, oldest first.</summary>
    public IReadOnlyList<SiteRun> RunsInto(DatasetId output, int limit) => Runs(
        SelectRuns + WritesTo + " ORDER BY sequence LIMIT $2", output.ToString(), limit);

    /// <summary>
    /// Returns the run whose attempts alone write to a dataset: one that repeats another one, or that is not done, since it can be retried
    /// and continues with its files. Null for none.
    /// </summary>
    public Guid? OnlyWriterOf(DatasetId output) => session.Select(
        $"""
        SELECT id FROM runs WHERE {WritesTo} AND (json_extract(description, '$.repeats') IS NOT NULL
            OR (outcome IS NOT 'done' AND EXISTS (SELECT 1 FROM run_tasks WHERE run = runs.id))) LIMIT 1
        """,
        static row => (Guid?)Guid.Parse(row.Utf8(0)), output.ToString()).FirstOrDefault();

    /// <summary>Lists the unfinished runs of the server's workers, in the order of their beginnings.</summary>
    public IReadOnlyList<SiteRun> RunsInProgress() => Runs(SelectRuns + IsInWork + " ORDER BY sequence");

    /// <summary>Counts the unfinished runs of the server's workers: all, and those that an account started.</summary>
    public (long All, long OfStarter) CountRunsInProgress(string starter) => session.Select(
        $"SELECT count(*), coalesce(sum(json_extract(description, '$.user') = $1), 0) FROM runs WHERE {IsInWork}",
        static row => (row.Number(0), row.Number(1)), starter)[0];

    /// <summary>Counts the runs that an account has started here, finished ones too.</summary>
    public long RunsOf(string starter) => Single("SELECT coalesce(sum(runs), 0) FROM run_starters WHERE starter = $1", starter);

    /// <summary>Lists the runs of the home's workers that write to a dataset, oldest first.</summary>
    public IReadOnlyList<SiteRun> RunsOfWorkersInto(DatasetId output, int limit) => Runs(
        $"{SelectRuns}{IsOfWorkers} AND {WritesTo} ORDER BY sequence LIMIT $2", output.ToString(), limit);

    /// <summary>Counts the characters in the descriptions and messages of the runs that write to a dataset.</summary>
    public long RunCharacters(DatasetId output) => Single(
        "SELECT coalesce(sum(length(description) + coalesce(length(message), 0)), 0) FROM runs WHERE " + WritesTo,
        output.ToString());

    /// <summary>Returns true if this site has copies of a run's outputs; their home then decides the state of the run.</summary>
    public bool IsOfCopy(Guid run) => Any(CopiesOf + "$1 LIMIT 1", run.ToString("N"));

    /// <summary>Returns true if a run (any run, if null) that writes to a dataset is unfinished.</summary>
    public bool IsRunning(Guid? run, DatasetId dataset) => Any(
        """
        SELECT 1 FROM run_outputs o JOIN runs r ON r.id = o.run
        WHERE o.dataset = $1 AND ($2 IS NULL OR r.id = $2) AND r.finished IS NULL LIMIT 1
        """,
        dataset.ToString(), run?.ToString("N"));

    public IReadOnlySet<long> CitedSnapshots(DatasetId dataset) => session.Select(
        """
        SELECT snapshot FROM run_inputs WHERE dataset = $1 AND snapshot IS NOT NULL
        UNION SELECT snapshot FROM parents WHERE parent = $1 AND snapshot IS NOT NULL
        """,
        row => row.Number(0),
        dataset.ToString()).ToHashSet();

    /// <summary>
    /// Returns result rows of a dataset with a sequence number above <paramref name="after"/>, in the order of their arrival.
    /// </summary>
    public IReadOnlyList<SiteResult> Results(long dataset, Guid? run, long after, int limit) => session.Select(
        SelectResults + "sequence > $2 AND ($3 IS NULL OR run = $3) ORDER BY sequence LIMIT $4",
        Result,
        dataset, after, run?.ToString("N"), limit);

    public IReadOnlyList<SiteResult> ResultsByFrame(long dataset, string afterRun, long afterFrame, int limit) => session.Select(
        SelectResults + "(run, frame) > ($2, $3) ORDER BY run, frame LIMIT $4", Result, dataset, afterRun, afterFrame, limit);

    public bool HasResult(long dataset, Guid run, long frame) =>
        Any("SELECT 1 FROM results WHERE dataset = $1 AND run = $2 AND frame = $3", dataset, run.ToString("N"), frame);

    /// <summary>Lists the frames with result rows of a run, in order.</summary>
    public IReadOnlyList<long> ResultFrames(long dataset, Guid run) => session.Select(
        "SELECT frame FROM results WHERE dataset = $1 AND run = $2 ORDER BY frame", row => row.Number(0), dataset, run.ToString("N"));

    /// <summary>Counts the result rows of a run in a dataset with a sequence number above <paramref name="after"/>.</summary>
    public ResultCount ResultCount(long dataset, Guid run, long after)
    {
        const string Count =
            "SELECT count(*), count(json_extract(row, '$.error')), coalesce(max(sequence), 0) FROM results WHERE dataset = $1 AND ";

        // With the plus, the few newest rows are found by their order, not by looking at all of the run.
        return session.Select(
            Count + (after > 0 ? "+run = $2 AND sequence > $3" : "run = $2 AND sequence > $3"),
            row => new ResultCount(row.Number(0), row.Number(1), row.Number(2)),
            dataset, run.ToString("N"), after)[0];
    }

    /// <summary>Returns the sequence number of a dataset's newest result row; 0 without any.</summary>
    public long NewestResult(long dataset) => Single("SELECT coalesce(max(sequence), 0) FROM results WHERE dataset = $1", dataset);

    // A statement runs once at a time: the runs first, then what belongs to each.
    private List<SiteRun> Runs(string sql, params ReadOnlySpan<object?> values) =>
        [.. session.Select(sql, Run, values)
            .Select(run => run with { Inputs = RunInputs(run.Id), Outputs = RunOutputs(run.Id) })
            .Select(run => run.Description.Task is null ? run : WithAttempt(run))];

    private SiteRun WithAttempt(SiteRun run) => session.Select(
        "SELECT attempt, CASE WHEN payer <> '' THEN used_time END FROM run_tasks WHERE run = $1",
        row => run with { Attempt = Attempt(row, 0), CoreMilliseconds = row.NumberOrNull(1) },
        run.Id.ToString("N")) is [var found] ? found : run;

    private List<VersionReference> RunInputs(Guid run) => session.Select(
        "SELECT dataset, snapshot, root FROM run_inputs WHERE run = $1 ORDER BY position", Reference, run.ToString("N"));

    private List<DatasetId> RunOutputs(Guid run) => session.Select(
        "SELECT dataset FROM run_outputs WHERE run = $1 ORDER BY dataset",
        row => new DatasetId(Guid.Parse(row.Utf8(0))),
        run.ToString("N"));

    private static SiteRun Run(SqliteRows row) => new(
        Guid.Parse(row.Utf8(0)),
        JsonSerializer.Deserialize(row.Utf8(6), RunDescriptionJson.TypeInfo) ?? throw new JsonException("A run has a description."),
        row.Number(2),
        row.NumberOrNull(3),
        row.TextOrNull(4),
        row.TextOrNull(5),
        [],
        [])
    {
        Sequence = row.Number(1),
        Frames = row.NumberOrNull(7),
        Failures = row.NumberOrNull(8),
        Skipped = row.TextOrNull(9) is { } skipped ? JsonSerializer.Deserialize(skipped, RunDescriptionJson.Skipped) : null,
    };

    private static SiteResult Result(SqliteRows row) =>
        new() { Sequence = row.Number(0), Run = row.Text(1), Frame = row.Number(2), Row = row.Text(3) };
}
