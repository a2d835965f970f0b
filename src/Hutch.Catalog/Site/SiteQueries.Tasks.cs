using Hutch.Catalog.Sqlite;
using Hutch.Model.Site;

namespace Hutch.Catalog.Site;

public sealed partial class SiteQueries
{
    private const string SelectTasks = "SELECT run, sequence, starter, program, attempt FROM run_tasks WHERE ";

    /// <summary>Lists runs that wait for an engine, in the order of their starts.</summary>
    public IReadOnlyList<RunTaskState> WaitingTasks(int limit) => session.Select(
        SelectTasks + "phase = 'queued' ORDER BY sequence LIMIT $1", Task, limit);

    /// <summary>Lists runs that an engine has, in the order of their starts.</summary>
    public IReadOnlyList<RunTaskState> IssuedTasks() => session.Select(
        SelectTasks + "phase IN ('issued', 'claimed') ORDER BY sequence", Task);

    /// <summary>Counts the runs that wait for an engine: all, or those of one account.</summary>
    public long WaitingTaskCount(string? starter) => Single(
        "SELECT count(*) FROM run_tasks WHERE phase = 'queued' AND ($1 IS NULL OR starter = $1)", starter);

    /// <summary>Lists runs that engines have, then runs that wait: of all accounts, or of one.</summary>
    public IReadOnlyList<SiteRun> TasksInProgress(string? starter, int limit) => Runs(
        SelectRuns +
        """
        id IN (
            SELECT run FROM run_tasks WHERE phase IN ('queued', 'issued', 'claimed') AND ($1 IS NULL OR starter = $1)
            ORDER BY phase = 'queued', sequence LIMIT $2)
        ORDER BY sequence
        """,
        starter, limit);

    /// <summary>Counts the runs that wait and were started before one.</summary>
    public long TasksAhead(Guid run) => Single(
        "SELECT count(*) FROM run_tasks WHERE phase = 'queued' AND sequence < (SELECT sequence FROM run_tasks WHERE run = $1)",
        run.ToString("N"));

    private static RunTaskState Task(SqliteRows row) => new(
        Guid.Parse(row.Utf8(0)), row.Number(1), row.Text(2), row.Text(3), Attempt(row, 4));

    private static RunAttempt Attempt(SqliteRows row, int column) =>
        JsonSerializer.Deserialize(row.Utf8(column), RunDescriptionJson.Attempt) ?? throw new JsonException("A task has an attempt.");
}
