using Dapper;
using Hutch.Model;

namespace Hutch.Catalog.Site;

public sealed partial class SiteQueries
{
    /// <summary>
    /// Events with a sequence number above <paramref name="after"/>, in order; of one dataset, or of all when it is null.
    /// </summary>
    public IReadOnlyList<SiteEvent> Events(long after, DatasetId? dataset, int limit) =>
        [.. _connection.Query<SiteEvent>(
            """
            SELECT e.sequence AS Sequence, e.time AS Time, e.kind AS Kind, d.id AS Dataset, e.data AS Data
            FROM events e LEFT JOIN datasets d ON d.key = e.dataset
            WHERE e.sequence > @after AND (@dataset IS NULL OR d.id = @dataset) ORDER BY e.sequence LIMIT @limit
            """,
            new { after, dataset = dataset?.ToString(), limit })];

    /// <summary>Events of some kinds with a sequence number above <paramref name="after"/>, in order.</summary>
    public IReadOnlyList<SiteEvent> Events(long after, IReadOnlyCollection<string> kinds, int limit) =>
        [.. _connection.Query<SiteEvent>(
            """
            SELECT e.sequence AS Sequence, e.time AS Time, e.kind AS Kind, d.id AS Dataset, e.data AS Data
            FROM events e LEFT JOIN datasets d ON d.key = e.dataset
            WHERE e.sequence > @after AND e.kind IN @kinds ORDER BY e.sequence LIMIT @limit
            """,
            new { after, kinds, limit })];

    /// <summary>The datasets of which an event speaks that has a number above one, up to another.</summary>
    public IReadOnlyList<DatasetId> DatasetsOfEvents(long after, long to) => session.Select(
        "SELECT id FROM datasets WHERE key IN (SELECT dataset FROM events WHERE sequence > $1 AND sequence <= $2)",
        row => new DatasetId(Guid.Parse(row.Utf8(0))), after, to);

    /// <summary>The newest event; 0 when there is none.</summary>
    public long NewestEvent() => _connection.ExecuteScalar<long>("SELECT coalesce(max(sequence), 0) FROM events");

    /// <summary>When the newest event happened, milliseconds since 1970; null when there is none.</summary>
    public long? NewestEventTime() =>
        _connection.ExecuteScalar<long?>("SELECT time FROM events ORDER BY sequence DESC LIMIT 1");

    /// <summary>The oldest event that is kept; 0 when there is none.</summary>
    public long OldestEvent() => _connection.ExecuteScalar<long>("SELECT coalesce(min(sequence), 0) FROM events");

    /// <summary>The event so many back from the newest: where the events to keep begin.</summary>
    public long EventsFrom(long keep) => _connection.ExecuteScalar<long>(
        "SELECT coalesce((SELECT sequence FROM events ORDER BY sequence DESC LIMIT 1 OFFSET @keep), 0)", new { keep });
}
