using System.Text.Json;
using Dapper;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;

namespace Hutch.Catalog.Site;

public sealed partial class SiteQueries
{
    private const string RunColumns =
        """
        id AS Id, sequence AS Sequence, started AS Started, finished AS Finished, outcome AS Outcome, message AS Message,
        description AS Description, frames AS Frames, failures AS Failures
        """;

    /// <summary>A run, or null.</summary>
    public SiteRun? Run(Guid id) => Runs("id = @id", new { id = id.ToString("N") }).FirstOrDefault();

    /// <summary>
    /// Runs, newest first, with a sequence number below <paramref name="before"/>; those of one dataset, or all when it is null.
    /// </summary>
    public IReadOnlyList<SiteRun> RunsBefore(DatasetId? dataset, long before, int limit) => Runs(
        """
        sequence < @before AND (@dataset IS NULL OR id IN (
            SELECT run FROM run_inputs WHERE dataset = @dataset UNION SELECT run FROM run_outputs WHERE dataset = @dataset))
        """,
        new { before, dataset = dataset?.ToString(), limit },
        "sequence DESC LIMIT @limit");

    /// <summary>Runs of a version of a program that read this version of a dataset (or follow it: no snapshot), newest first.</summary>
    public IReadOnlyList<SiteRun> RunsOn(VersionReference input, string program, string version, int limit) => Runs(
        """
        id IN (SELECT run FROM run_inputs WHERE dataset = @dataset AND snapshot IS @snapshot)
        AND json_extract(description, '$.program') = @program AND json_extract(description, '$.version') = @version
        """,
        new { dataset = input.Dataset.ToString(), snapshot = input.Snapshot, program, version, limit },
        "sequence DESC LIMIT @limit");

    /// <summary>The runs that are not over, in the order in which they began.</summary>
    public IReadOnlyList<SiteRun> RunsInProgress() => Runs("finished IS NULL", new { });

    /// <summary>How many runs are not over.</summary>
    public int RunsInProgressCount() => _connection.ExecuteScalar<int>("SELECT count(*) FROM runs WHERE finished IS NULL");

    /// <summary>Whether a run (any run, when it is null) that writes to a dataset is not over.</summary>
    public bool IsRunning(Guid? run, DatasetId dataset) => Any(
        """
        SELECT 1 FROM run_outputs o JOIN runs r ON r.id = o.run
        WHERE o.dataset = $1 AND ($2 IS NULL OR r.id = $2) AND r.finished IS NULL LIMIT 1
        """,
        dataset.ToString(), run?.ToString("N"));

    /// <summary>The snapshots of a dataset that runs or other datasets name as what they were made from.</summary>
    public IReadOnlySet<long> CitedSnapshots(DatasetId dataset) => _connection.Query<long>(
        """
        SELECT snapshot FROM run_inputs WHERE dataset = @dataset AND snapshot IS NOT NULL
        UNION SELECT snapshot FROM parents WHERE parent = @dataset AND snapshot IS NOT NULL
        """,
        new { dataset = dataset.ToString() }).ToHashSet();

    /// <summary>Results of a dataset with a sequence number above <paramref name="after"/>, in the order in which they came.</summary>
    public IReadOnlyList<SiteResult> Results(long dataset, Guid? run, long after, int limit) =>
        [.. _connection.Query<SiteResult>(
            """
            SELECT sequence AS Sequence, run AS Run, frame AS Frame, row AS Row FROM results
            WHERE dataset = @dataset AND sequence > @after AND (@run IS NULL OR run = @run) ORDER BY sequence LIMIT @limit
            """,
            new { dataset, run = run?.ToString("N"), after, limit })];

    /// <summary>Results of a dataset by run and frame, after the given ones.</summary>
    public IReadOnlyList<SiteResult> ResultsByFrame(long dataset, string afterRun, long afterFrame, int limit) =>
        [.. _connection.Query<SiteResult>(
            """
            SELECT sequence AS Sequence, run AS Run, frame AS Frame, row AS Row FROM results
            WHERE dataset = @dataset AND (run, frame) > (@afterRun, @afterFrame) ORDER BY run, frame LIMIT @limit
            """,
            new { dataset, afterRun, afterFrame, limit })];

    /// <summary>Whether a run has a result for a frame.</summary>
    public bool HasResult(long dataset, Guid run, long frame) =>
        Any("SELECT 1 FROM results WHERE dataset = $1 AND run = $2 AND frame = $3", dataset, run.ToString("N"), frame);

    /// <summary>The frames for which a run has results, in order.</summary>
    public IEnumerable<long> ResultFrames(long dataset, Guid run) => _connection.Query<long>(
        "SELECT frame FROM results WHERE dataset = @dataset AND run = @run ORDER BY frame",
        new { dataset, run = run.ToString("N") }, buffered: false);

    /// <summary>The results that a run has in a dataset, with a sequence number above <paramref name="after"/>.</summary>
    public ResultCount ResultCount(long dataset, Guid run, long after)
    {
        // With the plus, the few newest rows are found by their order, not by looking at all of the run.
        (long rows, long failures, long newest) = _connection.QueryFirst<(long, long, long)>(
            $"""
            SELECT count(*), count(json_extract(row, '$.error')), coalesce(max(sequence), 0) FROM results
            WHERE dataset = @dataset AND {(after > 0 ? "+" : "")}run = @run AND sequence > @after
            """,
            new { dataset, run = run.ToString("N"), after });
        return new ResultCount(rows, failures, newest);
    }

    /// <summary>The newest result's sequence number in a dataset; 0 when there is none.</summary>
    public long NewestResult(long dataset) =>
        _connection.ExecuteScalar<long>("SELECT coalesce(max(sequence), 0) FROM results WHERE dataset = @dataset", new { dataset });

    private List<SiteRun> Runs(string condition, object values, string order = "sequence")
    {
        var rows = _connection.Query<RunRow>($"SELECT {RunColumns} FROM runs WHERE {condition} ORDER BY {order}", values).ToList();
        return [.. rows.Select(row => row.ToRun(RunInputs(row.Id), RunOutputs(row.Id)))];
    }

    private List<VersionReference> RunInputs(string run) =>
        [.. _connection.Query<ParentRow>(
            "SELECT dataset AS Parent, snapshot AS Snapshot, root AS Root FROM run_inputs WHERE run = @run ORDER BY position", new { run })
            .Select(row => row.ToReference())];

    private List<DatasetId> RunOutputs(string run) =>
        [.. _connection.Query<string>("SELECT dataset FROM run_outputs WHERE run = @run ORDER BY dataset", new { run }).Select(
            id => new DatasetId(Guid.Parse(id)))];

    private sealed class RunRow
    {
        public string Id { get; init; } = "";

        public long Sequence { get; init; }

        public long Started { get; init; }

        public long? Finished { get; init; }

        public string? Outcome { get; init; }

        public string? Message { get; init; }

        public string Description { get; init; } = "";

        public long? Frames { get; init; }

        public long? Failures { get; init; }

        public SiteRun ToRun(IReadOnlyList<VersionReference> inputs, IReadOnlyList<DatasetId> outputs) => new(
            Guid.Parse(Id),
            JsonSerializer.Deserialize(Description, RunDescriptionJson.TypeInfo) ?? throw new JsonException("A run has a description."),
            Started,
            Finished,
            Outcome,
            Message,
            inputs,
            outputs)
        {
            Sequence = Sequence,
            Frames = Frames,
            Failures = Failures,
        };
    }
}
