namespace Hutch.Catalog.Site;

public sealed partial class SiteQueries
{
    /// <summary>
    /// Returns events with a sequence number above <paramref name="after"/>, in order; of one dataset, or of all when it is null.
    /// </summary>
    public IReadOnlyList<SiteEvent> Events(long after, DatasetId? dataset, int limit) =>
        [.. _connection.Query<SiteEvent>(
            """
            SELECT e.sequence AS Sequence, e.time AS Time, e.kind AS Kind, d.id AS Dataset, e.data AS Data
            FROM events e LEFT JOIN datasets d ON d.key = e.dataset
            WHERE e.sequence > @after AND (@dataset IS NULL OR d.id = @dataset) ORDER BY e.sequence LIMIT @limit
            """,
            new { after, dataset = dataset?.ToString(), limit })];

    /// <summary>Returns events of some kinds with a sequence number above <paramref name="after"/>, in order.</summary>
    public IReadOnlyList<SiteEvent> Events(long after, IReadOnlyCollection<string> kinds, int limit) =>
        [.. _connection.Query<SiteEvent>(
            """
            SELECT e.sequence AS Sequence, e.time AS Time, e.kind AS Kind, d.id AS Dataset, e.data AS Data
            FROM events e LEFT JOIN datasets d ON d.key = e.dataset
            WHERE e.sequence > @after AND e.kind IN @kinds ORDER BY e.sequence LIMIT @limit
            """,
            new { after, kinds, limit })];

    public IReadOnlyList<DatasetId> DatasetsOfEvents(long after, long to) => session.Select(
        "SELECT id FROM datasets WHERE key IN (SELECT dataset FROM events WHERE sequence > $1 AND sequence <= $2)",
        row => new DatasetId(Guid.Parse(row.Utf8(0))), after, to);

    /// <summary>Returns the number of the newest event; 0 without any.</summary>
    public long NewestEvent() => _connection.ExecuteScalar<long>("SELECT coalesce(max(sequence), 0) FROM events");

    /// <summary>Returns the time of the newest event in milliseconds since 1970; null without any.</summary>
    public long? NewestEventTime() =>
        _connection.ExecuteScalar<long?>("SELECT time FROM events ORDER BY sequence DESC LIMIT 1");

    /// <summary>Returns the time of an event in milliseconds since 1970; null for a record without one, or one that is deleted.</summary>
    public long? EventTime(long sequence) => SingleOrNull("SELECT time FROM events WHERE sequence = $1", sequence);

    /// <summary>Returns the number of the oldest stored event; 0 without any.</summary>
    public long OldestEvent() => _connection.ExecuteScalar<long>("SELECT coalesce(min(sequence), 0) FROM events");

    /// <summary>Returns the number of the event at a distance from the newest, where the retained events begin.</summary>
    public long EventsFrom(long keep) => _connection.ExecuteScalar<long>(
        "SELECT coalesce((SELECT sequence FROM events ORDER BY sequence DESC LIMIT 1 OFFSET @keep), 0)", new { keep });
}
