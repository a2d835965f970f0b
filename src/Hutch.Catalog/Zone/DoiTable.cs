using Hutch.Catalog.Sqlite;
using Hutch.Model.Publications;

namespace Hutch.Catalog.Zone;

/// <summary>
/// DOIs, with the time of each one's next comparison with the DOI service. A server leases a row for the comparison. If the server stops in
/// the middle, another one does it later.
/// </summary>
public sealed class DoiTable : ZoneTable
{
    internal DoiTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Gives a publication, or a work, a DOI, unless it has one.</summary>
    public void Reserve(string doi, DatasetId dataset, bool isSeries) => _connection.Execute(
        """
        INSERT INTO dois(doi, dataset_id, is_series, state, next_ms) VALUES (@doi, @id, @series, 'pending', @now)
        ON CONFLICT (dataset_id, is_series) DO NOTHING
        """,
        new { doi, id = dataset.ToString(), series = isSeries ? 1 : 0, now = SqlTime.Now(_time) });

    /// <summary>Lists the due DOIs, the oldest first.</summary>
    public IReadOnlyList<DoiRecord> Due(int limit) =>
        [.. _connection.Query<Row>(
            """
            SELECT doi AS Doi, dataset_id AS DatasetId, is_series AS IsSeries, state AS State, told AS Told, attempts AS Attempts,
                   problem AS Problem, next_ms AS NextMs
            FROM dois WHERE next_ms <= @now ORDER BY next_ms, doi LIMIT @limit
            """,
            new { now = SqlTime.Now(_time), limit })
            .Select(static row => row.ToRecord())];

    public DateTimeOffset? NextDue() => SqlTime.FromMilliseconds(_connection.ExecuteScalar<long?>("SELECT min(next_ms) FROM dois"));

    /// <summary>Leases a due DOI until a time; returns false when another server was faster.</summary>
    public bool TryLease(string doi, DateTimeOffset until) => _connection.Execute(
        "UPDATE dois SET next_ms = @until WHERE doi = @doi AND next_ms <= @now",
        new { doi, until = until.ToUnixTimeMilliseconds(), now = SqlTime.Now(_time) }) > 0;

    /// <summary>Makes all DOIs that describe a dataset due: its own, its work's, and those of the work's other versions.</summary>
    public bool SetDue(DatasetId dataset) => _connection.Execute(
        """
        UPDATE dois SET next_ms = @now, attempts = 0
        WHERE dataset_id = @id OR dataset_id IN (
            SELECT other.dataset_id FROM publications one JOIN publications other ON other.series_id = one.series_id
            WHERE one.dataset_id = @id)
        """,
        new { id = dataset.ToString(), now = SqlTime.Now(_time) }) > 0;

    /// <summary>Notes the state that the service has confirmed.</summary>
    /// <param name="taken">The end of the lease; a row made due since then stays due.</param>
    /// <param name="told">The hash of the data sent to the service.</param>
    public void RecordOutcome(string doi, DateTimeOffset taken, DoiState state, string? told, DateTimeOffset next) => _connection.Execute(
        """
        UPDATE dois SET state = @state, told = @told, attempts = 0, problem = NULL,
            next_ms = CASE WHEN next_ms = @taken THEN @next ELSE next_ms END
        WHERE doi = @doi
        """,
        new
        {
            doi,
            state = ZoneText.DoiState(state),
            told,
            taken = taken.ToUnixTimeMilliseconds(),
            next = next.ToUnixTimeMilliseconds(),
        });

    /// <summary>Notes a failure, and the time of the next attempt.</summary>
    /// <inheritdoc cref="RecordOutcome"/>
    public void Fail(string doi, DateTimeOffset taken, string problem, DateTimeOffset next) => _connection.Execute(
        """
        UPDATE dois SET problem = @problem, attempts = attempts + 1,
            next_ms = CASE WHEN next_ms = @taken THEN @next ELSE next_ms END
        WHERE doi = @doi
        """,
        new { doi, problem, taken = taken.ToUnixTimeMilliseconds(), next = next.ToUnixTimeMilliseconds() });

    [method: ExplicitConstructor]
    private sealed record Row(
        string Doi, string DatasetId, long IsSeries, string State, string? Told, long Attempts, string? Problem,
        long NextMs)
    {
        public DoiRecord ToRecord() => new(Doi, ZoneText.DatasetId(DatasetId), IsSeries != 0, ZoneText.DoiState(State))
        {
            Told = Told,
            Attempts = (int)Attempts,
            Problem = Problem,
            NextAt = ZoneText.Time(NextMs),
        };
    }
}
