using Hutch.Catalog.Sqlite;
using Hutch.Model.Site;

namespace Hutch.Catalog.Site;

public sealed partial class SiteQueries
{
    private const string SnapshotsOf =
        "SELECT number, page, content, files, bytes, parent, reason, author, message, time, left_out_until FROM snapshots "
        + "WHERE dataset = $1 AND ";

    /// <summary>Returns the overlay's row for a path: null without one, or a change whose entry is null for a removal.</summary>
    public OverlayRow? Overlay(long dataset, DatasetPath path)
    {
        using SqliteRows rows = session
            .Prepared("SELECT path, entry, sequence FROM overlay WHERE dataset = $1 AND path = $2")
            .Query(dataset, path.Value);
        return rows.Next() ? Row(rows) : null;
    }

    /// <summary>Returns true if the overlay has changes or removals of paths inside a directory.</summary>
    public bool OverlayTouches(long dataset, DatasetPath directory) => Any(
        "SELECT 1 FROM overlay WHERE dataset = $1 AND path > $2 AND path < $3 LIMIT 1", dataset, directory);

    public bool OverlayFills(long dataset, DatasetPath directory) => Any(
        "SELECT 1 FROM overlay WHERE dataset = $1 AND path > $2 AND path < $3 AND entry IS NOT NULL LIMIT 1", dataset, directory);

    public bool HasOverlay(long dataset) =>
        Any("SELECT 1 FROM overlay WHERE dataset = $1 LIMIT 1", dataset);

    /// <summary>Returns the number of the last record that changed a head. Reads each row of the overlay.</summary>
    public long? HeadChanged(long dataset) => SingleOrNull(
        "SELECT max(coalesce(changed, key), coalesce((SELECT max(sequence) FROM overlay WHERE dataset = $1), 0)) FROM datasets "
        + "WHERE key = $1",
        dataset);

    /// <summary>Returns rows of the overlay in byte order of their paths, from <paramref name="from"/> on, inclusive.</summary>
    public IReadOnlyList<OverlayRow> OverlayRange(long dataset, string from, int limit) => session.Select(
        "SELECT path, entry, sequence FROM overlay WHERE dataset = $1 AND path >= $2 ORDER BY path LIMIT $3", Row, dataset, from, limit);

    /// <summary>Returns the number and the bytes of the overlay's entries.</summary>
    public (long Files, long Bytes) OverlaySize(long dataset) => session.Select(
        "SELECT count(entry), coalesce(sum(json_extract(entry, '$.s')), 0) FROM overlay WHERE dataset = $1",
        static row => (row.Number(0), row.Number(1)), dataset)[0];

    /// <summary>Lists the datasets with an overlay to compact: key, number of rows, oldest and newest sequence number.</summary>
    public IReadOnlyList<OverlaySummary> OverlaySummaries() =>
        [.. _connection.Query<OverlaySummary>(
            "SELECT dataset AS Dataset, count(*) AS Rows, min(sequence) AS Oldest, max(sequence) AS Newest FROM overlay "
            + "WHERE pending = 0 GROUP BY dataset")];

    /// <summary>Lists snapshots, newest first, with numbers below <paramref name="before"/>.</summary>
    public IReadOnlyList<SiteSnapshot> Snapshots(long dataset, long before, int limit) =>
        SelectSnapshots(SnapshotsOf + "number < $2 ORDER BY number DESC LIMIT $3", dataset, before, limit);

    public long CountTags(long dataset) =>
        session.Select("SELECT count(*) FROM tags WHERE dataset = $1", static row => row.Number(0), dataset)[0];

    /// <summary>Lists the untagged automatic snapshots from before <paramref name="before"/> (ms since 1970), newest first.</summary>
    public IReadOnlyList<SiteSnapshot> AutomaticSnapshots(long dataset, long before) => SelectSnapshots(
        SnapshotsOf + "reason = 'auto' AND time < $2 AND number NOT IN (SELECT number FROM tags WHERE dataset = $1) ORDER BY number DESC",
        dataset, before);

    /// <summary>
    /// Lists the snapshots of copies that their homes no longer have, and whose time here was over at <paramref name="now"/>.
    /// </summary>
    public IReadOnlyList<(DatasetId Dataset, long Number)> SnapshotsToDrop(long now) => session.Select(
        "SELECT d.id, s.number FROM snapshots s JOIN datasets d ON d.key = s.dataset "
        + "WHERE s.left_out_until <= $1 AND d.home IS NOT NULL AND d.trashed_until IS NULL ORDER BY d.key, s.number",
        row => (new DatasetId(Guid.Parse(row.Utf8(0))), row.Number(1)),
        now);

    public SiteSnapshot? Snapshot(long dataset, long number) =>
        SelectSnapshots(SnapshotsOf + "number = $2", dataset, number).FirstOrDefault();

    public SiteSnapshot? TaggedSnapshot(long dataset, string tag) =>
        SelectSnapshots(SnapshotsOf + "number = (SELECT number FROM tags WHERE dataset = $1 AND tag = $2)", dataset, tag).FirstOrDefault();

    /// <summary>
    /// Returns snapshots whose root hash begins with some hex digits; more than one when the prefix is not unique. At most two trees.
    /// </summary>
    public IReadOnlyList<SiteSnapshot> SnapshotsByHash(long dataset, string prefix) =>
        SelectSnapshots(
            SnapshotsOf + "page LIKE $2 GROUP BY page HAVING number = min(number) ORDER BY number LIMIT 2", dataset, prefix + "%");

    public long SnapshotCount(long dataset) =>
        Single("SELECT count(*) FROM snapshots WHERE dataset = $1", dataset);

    private List<SiteSnapshot> SelectSnapshots(string sql, long dataset, params ReadOnlySpan<object?> others)
    {
        List<SiteSnapshot> found = session.Select(
            sql,
            row => new SiteSnapshot(
                row.Number(0), Root(row.Text(1), row.Text(2), row.Number(3), row.Number(4)), row.NumberOrNull(5),
                SnapshotReasonNames.Parse(row.Text(6)), row.Text(7), row.TextOrNull(8), row.Number(9), [])
            {
                LeftOutUntil = row.NumberOrNull(10),
            },
            [dataset, .. others]);
        if (found.Count == 0)
        {
            return found;
        }

        const string Tags = "SELECT number, tag FROM tags WHERE dataset = $1 ORDER BY tag";
        ILookup<long, string> tags = session.Select(Tags, row => (Number: row.Number(0), Tag: row.Text(1)), dataset)
            .ToLookup(row => row.Number, row => row.Tag);
        return [.. found.Select(snapshot => snapshot with { Tags = [.. tags[snapshot.Number]] })];
    }

    // All paths below "a" lie between "a/" and "a0": '0' is the byte after '/'.
    private bool Any(string sql, long dataset, DatasetPath directory) =>
        Any(sql, dataset, directory.Value + "/", directory.Value + "0");

    private bool Any(string sql, params ReadOnlySpan<object?> values)
    {
        using SqliteRows rows = session.Prepared(sql).Query(values);
        return rows.Next();
    }

    private long Single(string sql, params ReadOnlySpan<object?> values) =>
        SingleOrNull(sql, values) ?? throw new InvalidOperationException($"The statement gives no number: {sql}");

    private long? SingleOrNull(string sql, params ReadOnlySpan<object?> values)
    {
        using SqliteRows rows = session.Prepared(sql).Query(values);
        return rows.Next() ? rows.NumberOrNull(0) : null;
    }

    // The text of an entry is parsed without copying it: listings read thousands of them.
    private static OverlayRow Row(SqliteRows row)
    {
        ReadOnlySpan<byte> entry = row.Utf8(1);
        return new OverlayRow(
            Whole(DatasetPath.Parse(row.Text(0)), row), entry.IsEmpty ? null : Whole(EntryJson.Parse(entry), row), row.Number(2));
    }

    // Only what could be read again was written: what cannot is damaged, as SQLite has no checksums of its rows.
    private static T Whole<T>(Result<T> read, SqliteRows row) => read.TryGet(out T? value, out HutchError? fault)
        ? value
        : throw ErrorCode.Quarantined.With(
            $"What site.db says of '{row.Text(0)}' is damaged ({fault.Message.TrimEnd('.')}). `hutch rebuild` makes site.db anew.")
            .ToException();
}
