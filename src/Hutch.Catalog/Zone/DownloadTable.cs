using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>Downloads from this site: a row for each account, one for all anonymous callers. Every site counts its own.</summary>
public sealed class DownloadTable : ZoneTable
{
    internal DownloadTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Adds downloads; does nothing for a dataset that has ended.</summary>
    public void Add(DatasetId dataset, PrincipalId? reader, DownloadRecord more)
    {
        _connection.Execute(
            """
            INSERT INTO downloads(dataset_id, reader, times, bytes, first_ms, last_ms)
            SELECT dataset_id, @reader, @times, @bytes, @first, @last FROM names WHERE dataset_id = @dataset
            ON CONFLICT (dataset_id, reader) DO UPDATE SET
                times = downloads.times + excluded.times, bytes = downloads.bytes + excluded.bytes, last_ms = excluded.last_ms
            """,
            new
            {
                dataset = dataset.ToString(),
                reader = reader?.ToString() ?? "",
                times = more.Times,
                bytes = more.Bytes,
                first = SqlTime.ToMilliseconds(more.First),
                last = SqlTime.ToMilliseconds(more.Last),
            });
    }

    /// <summary>Returns the counts of a dataset, with the last accounts that downloaded it, up to a limit.</summary>
    public DownloadCounts CountsFor(DatasetId dataset, int limit)
    {
        var id = new { id = dataset.ToString(), limit };
        Row all = _connection.QuerySingle<Row>(
            """
            SELECT CAST(COALESCE(SUM(times), 0) AS BIGINT) AS Times, CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS Bytes,
                   CAST(COALESCE(SUM(CASE WHEN reader = '' THEN 0 ELSE 1 END), 0) AS BIGINT) AS People,
                   CAST(COALESCE(MIN(first_ms), 0) AS BIGINT) AS FirstMs
            FROM downloads WHERE dataset_id = @id
            """,
            id);
        Row? strangers = _connection.QuerySingleOrDefault<Row>(
            "SELECT times, bytes, first_ms AS FirstMs, last_ms AS LastMs FROM downloads WHERE dataset_id = @id AND reader = ''", id);
        IEnumerable<Row> members = _connection.Query<Row>(
            """
            SELECT COALESCE(p.name, d.reader) AS Reader, d.times, d.bytes, d.first_ms AS FirstMs, d.last_ms AS LastMs
            FROM downloads d LEFT JOIN principals p ON p.id = d.reader
            WHERE d.dataset_id = @id AND d.reader <> '' ORDER BY d.last_ms DESC, d.reader LIMIT @limit
            """,
            id);
        return new DownloadCounts(
            all.Times, all.Bytes, all.People, all.Times == 0 ? null : ZoneText.Time(all.FirstMs), strangers?.ToRecord(),
            [.. members.Select(static row => row.ToRecord())]);
    }

    public void RemoveOf(DatasetId dataset) =>
        _connection.Execute("DELETE FROM downloads WHERE dataset_id = @id", new { id = dataset.ToString() });

    [method: ExplicitConstructor]
    private sealed record Row(string? Reader, long Times, long Bytes, long People, long FirstMs, long LastMs)
    {
        public DownloadRecord ToRecord() => new(Reader, Times, Bytes, ZoneText.Time(FirstMs), ZoneText.Time(LastMs));
    }
}
