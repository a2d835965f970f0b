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

    private static RunTaskState Task(SqliteRows row) => new(
        Guid.Parse(row.Utf8(0)), row.Number(1), row.Text(2), row.Text(3), Attempt(row, 4));

    private static RunAttempt Attempt(SqliteRows row, int column) =>
        JsonSerializer.Deserialize(row.Utf8(column), RunDescriptionJson.Attempt) ?? throw new JsonException("A task has an attempt.");
}
