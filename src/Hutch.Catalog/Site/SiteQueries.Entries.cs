using Dapper;
using Hutch.Catalog.Sqlite;
using Hutch.Model;
using Hutch.Model.Site;

namespace Hutch.Catalog.Site;

public sealed partial class SiteQueries
{
    /// <summary>What the overlay says of a path: nothing (null), or a change whose entry is null for a removal.</summary>
    public OverlayRow? Overlay(long dataset, DatasetPath path)
    {
        using SqliteRows rows = session
            .Prepared("SELECT path, entry, sequence FROM overlay WHERE dataset = $1 AND path = $2")
            .Query(dataset, path.Value);
        return rows.Next() ? Row(rows) : null;
    }

    /// <summary>Whether the overlay says anything of paths inside a directory: changes and removals.</summary>
    public bool OverlayTouches(long dataset, DatasetPath directory) => Any(
        "SELECT 1 FROM overlay WHERE dataset = $1 AND path > $2 AND path < $3 LIMIT 1", dataset, directory);

    /// <summary>Whether the overlay puts anything inside a directory.</summary>
    public bool OverlayFills(long dataset, DatasetPath directory) => Any(
        "SELECT 1 FROM overlay WHERE dataset = $1 AND path > $2 AND path < $3 AND entry IS NOT NULL LIMIT 1", dataset, directory);

    /// <summary>Whether the overlay has any row.</summary>
    public bool HasOverlay(long dataset) =>
        _connection.ExecuteScalar<long?>("SELECT 1 FROM overlay WHERE dataset = @dataset LIMIT 1", new { dataset }) is not null;

    /// <summary>Rows of the overlay in byte order of their paths, from the first that is not below <paramref name="from"/>.</summary>
    public IReadOnlyList<OverlayRow> OverlayRange(long dataset, string from, int limit)
    {
        using SqliteRows rows = session
            .Prepared("SELECT path, entry, sequence FROM overlay WHERE dataset = $1 AND path >= $2 ORDER BY path LIMIT $3")
            .Query(dataset, from, limit);
        var found = new List<OverlayRow>();
        while (rows.Next())
        {
            found.Add(Row(rows));
        }

        return found;
    }

    /// <summary>The datasets that have an overlay: key, number of rows, oldest and newest sequence number.</summary>
    public IReadOnlyList<OverlaySummary> OverlaySummaries() =>
        [.. _connection.Query<OverlaySummary>(
            "SELECT dataset AS Dataset, count(*) AS Rows, min(sequence) AS Oldest, max(sequence) AS Newest FROM overlay GROUP BY dataset")];

    /// <summary>Snapshots, newest first, with numbers below <paramref name="before"/>.</summary>
    public IReadOnlyList<SiteSnapshot> Snapshots(long dataset, long before, int limit) =>
        SelectSnapshots("number < @before ORDER BY number DESC LIMIT @limit", new { dataset, before, limit });

    /// <summary>
    /// The automatic snapshots of a time before <paramref name="before"/> (ms since 1970) that no tag is on, newest first.
    /// </summary>
    public IReadOnlyList<SiteSnapshot> AutomaticSnapshots(long dataset, long before) => SelectSnapshots(
        "reason = 'auto' AND time < @before AND number NOT IN (SELECT number FROM tags WHERE dataset = @dataset) ORDER BY number DESC",
        new { dataset, before });

    /// <summary>The snapshot of a number.</summary>
    public SiteSnapshot? Snapshot(long dataset, long number) =>
        SelectSnapshots("number = @number", new { dataset, number }).FirstOrDefault();

    /// <summary>The snapshot that a tag is on.</summary>
    public SiteSnapshot? TaggedSnapshot(long dataset, string tag) =>
        SelectSnapshots(
            "number = (SELECT number FROM tags WHERE dataset = @dataset AND tag = @tag)", new { dataset, tag }).FirstOrDefault();

    /// <summary>
    /// Snapshots whose root hash begins with some hex digits; more than one when the prefix is not unique. At most two trees.
    /// </summary>
    public IReadOnlyList<SiteSnapshot> SnapshotsByHash(long dataset, string prefix) =>
        SelectSnapshots(
            "page LIKE @pattern GROUP BY page HAVING number = min(number) ORDER BY number LIMIT 2",
            new { dataset, pattern = prefix + "%" });

    /// <summary>How many snapshots there are.</summary>
    public long SnapshotCount(long dataset) =>
        _connection.ExecuteScalar<long>("SELECT count(*) FROM snapshots WHERE dataset = @dataset", new { dataset });

    private List<SiteSnapshot> SelectSnapshots(string condition, object values)
    {
        const string Columns =
            """
            dataset AS Dataset, number AS Number, page AS Page, content AS Content, files AS Files, bytes AS Bytes, parent AS Parent,
            reason AS Reason, author AS Author, message AS Message, time AS Time
            """;
        var rows = _connection.Query<SnapshotRow>(
            $"SELECT {Columns} FROM snapshots WHERE dataset = @dataset AND {condition}", values).ToList();
        if (rows.Count == 0)
        {
            return [];
        }

        ILookup<long, string> tags = _connection
            .Query<TagRow>(
                "SELECT number AS Number, tag AS Tag FROM tags WHERE dataset = @dataset ORDER BY tag", new { dataset = rows[0].Dataset })
            .ToLookup(row => row.Number, row => row.Tag);
        return [.. rows.Select(row => row.ToSnapshot([.. tags[row.Number]]))];
    }

    // All paths below "a" lie between "a/" and "a0": '0' is the byte after '/'.
    private bool Any(string sql, long dataset, DatasetPath directory) =>
        Any(sql, dataset, directory.Value + "/", directory.Value + "0");

    private bool Any(string sql, params ReadOnlySpan<object?> values)
    {
        using SqliteRows rows = session.Prepared(sql).Query(values);
        return rows.Next();
    }

    // The text of an entry is read where it lies: listings read thousands of them.
    private static OverlayRow Row(SqliteRows row)
    {
        ReadOnlySpan<byte> entry = row.Utf8(1);
        return new OverlayRow(DatasetPath.Parse(row.Text(0)).Value, entry.IsEmpty ? null : EntryJson.Parse(entry).Value, row.Number(2));
    }

    private sealed class SnapshotRow
    {
        public long Dataset { get; init; }

        public long Number { get; init; }

        public string Page { get; init; } = "";

        public string Content { get; init; } = "";

        public long Files { get; init; }

        public long Bytes { get; init; }

        public long? Parent { get; init; }

        public string Reason { get; init; } = "";

        public string Author { get; init; } = "";

        public string? Message { get; init; }

        public long Time { get; init; }

        public SiteSnapshot ToSnapshot(IReadOnlyList<string> tags) =>
            new(Number, Root(Page, Content, Files, Bytes), Parent, Reason, Author, Message, Time, tags);
    }

    private sealed class TagRow
    {
        public long Number { get; init; }

        public string Tag { get; init; } = "";
    }
}
