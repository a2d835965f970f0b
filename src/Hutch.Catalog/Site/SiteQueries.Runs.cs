using System.Text.Json;
using Dapper;
using Hutch.Model;
using Hutch.Model.Records;

namespace Hutch.Catalog.Site;

public sealed partial class SiteQueries
{
    private const string RunColumns = "id AS Id, started AS Started, finished AS Finished, outcome AS Outcome, message AS Message, description AS Description";

    /// <summary>A run, or null.</summary>
    public SiteRun? Run(Guid id) => Runs("id = @id", new { id = id.ToString("N") }).FirstOrDefault();

    /// <summary>The runs that read from or wrote to a dataset, in the order in which they began.</summary>
    public IReadOnlyList<SiteRun> RunsOf(DatasetId dataset) => Runs(
        "id IN (SELECT run FROM run_inputs WHERE dataset = @dataset UNION SELECT run FROM run_outputs WHERE dataset = @dataset)",
        new { dataset = dataset.ToString() });

    /// <summary>The runs that are not over, in the order in which they began.</summary>
    public IReadOnlyList<SiteRun> RunsInProgress() => Runs("finished IS NULL", new { });

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

    /// <summary>How many results a run has, and whether one frame is among them.</summary>
    public bool HasResult(long dataset, Guid run, long frame) => _connection.ExecuteScalar<long?>(
        "SELECT 1 FROM results WHERE dataset = @dataset AND run = @run AND frame = @frame",
        new { dataset, run = run.ToString("N"), frame }) is not null;

    /// <summary>How many results a run has in a dataset.</summary>
    public long ResultCount(long dataset, Guid run) => _connection.ExecuteScalar<long>(
        "SELECT count(*) FROM results WHERE dataset = @dataset AND run = @run", new { dataset, run = run.ToString("N") });

    /// <summary>The newest result's sequence number in a dataset; 0 when there is none.</summary>
    public long NewestResult(long dataset) =>
        _connection.ExecuteScalar<long>("SELECT coalesce(max(sequence), 0) FROM results WHERE dataset = @dataset", new { dataset });

    private List<SiteRun> Runs(string condition, object values)
    {
        var rows = _connection.Query<RunRow>($"SELECT {RunColumns} FROM runs WHERE {condition} ORDER BY sequence", values).ToList();
        return [.. rows.Select(row => row.ToRun(RunInputs(row.Id), RunOutputs(row.Id)))];
    }

    private List<ParentReference> RunInputs(string run) =>
        [.. _connection.Query<ParentRow>("SELECT dataset AS Parent, snapshot AS Snapshot, root AS Root FROM run_inputs WHERE run = @run ORDER BY position", new { run })
            .Select(row => row.ToReference())];

    private List<DatasetId> RunOutputs(string run) =>
        [.. _connection.Query<string>("SELECT dataset FROM run_outputs WHERE run = @run ORDER BY dataset", new { run }).Select(id => new DatasetId(Guid.Parse(id)))];

    private sealed class RunRow
    {
        public string Id { get; init; } = "";

        public long Started { get; init; }

        public long? Finished { get; init; }

        public string? Outcome { get; init; }

        public string? Message { get; init; }

        public string Description { get; init; } = "";

        public SiteRun ToRun(IReadOnlyList<ParentReference> inputs, IReadOnlyList<DatasetId> outputs) => new(
            Guid.Parse(Id),
            JsonSerializer.Deserialize(Description, RunDescriptionJson.TypeInfo) ?? throw new JsonException("A run has a description."),
            Started,
            Finished,
            Outcome,
            Message,
            inputs,
            outputs);
    }
}
