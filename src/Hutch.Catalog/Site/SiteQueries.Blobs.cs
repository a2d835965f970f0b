using Hutch.Catalog.Sqlite;
using Hutch.Model.Site;

namespace Hutch.Catalog.Site;

public sealed partial class SiteQueries
{
    /// <summary>Returns the extents of a large blob; null when no blob of this hash was assembled.</summary>
    public LargeBlob? LargeBlob(BlobHash hash)
    {
        LargeBlob? found = session.Select(
            "SELECT size, upload, expires FROM blobs WHERE hash = $1",
            row => new LargeBlob(hash, row.Number(0), Guid.Parse(row.Utf8(1)), [], row.NumberOrNull(2)),
            hash.ToString()).FirstOrDefault();
        return found is null ? null : found with { Extents = Extents(found.Upload) };
    }

    public IReadOnlyList<BlobHash> LargeBlobsAmong(IReadOnlyCollection<BlobHash> hashes) => hashes.Count == 0
        ? []
        : [.. _connection.Query<string>(
            "SELECT hash FROM blobs WHERE hash IN (SELECT value FROM json_each(@hashes))",
            new { hashes = JsonArray(hashes) }).Select(Hash)];

    /// <summary>Returns true if a large blob, or an upload in progress, uses extents of this upload.</summary>
    public bool IsUploadNamed(Guid upload) => _connection.ExecuteScalar<long?>(
        "SELECT 1 FROM extents WHERE upload = @upload UNION ALL SELECT 1 FROM session_extents WHERE upload = @upload LIMIT 1",
        new { upload = upload.ToString("N") }) is not null;

    /// <summary>Lists the hashes of all large blobs, in order.</summary>
    public IEnumerable<BlobHash> LargeBlobHashes() =>
        _connection.Query<string>("SELECT hash FROM blobs ORDER BY hash", buffered: false).Select(Hash);

    /// <summary>Lists the large blobs whose extents have expired at <paramref name="now"/> (ms since 1970).</summary>
    public IReadOnlyList<BlobHash> ExpiredBlobs(long now) =>
        [.. _connection.Query<string>("SELECT hash FROM blobs WHERE expires IS NOT NULL AND expires <= @now", new { now }).Select(Hash)];

    /// <summary>Lists the temporary blobs with extents of an upload, or of a part of one.</summary>
    public IEnumerable<BlobHash> TemporaryBlobsOf(Guid upload) => session.Select(
        """
        SELECT hash FROM blobs WHERE expires IS NOT NULL AND upload = $1
        UNION SELECT b.hash FROM extents e JOIN blobs b ON b.upload = e.upload AND b.expires IS NOT NULL WHERE e.part = $1
        """,
        row => Hash(row.Text(0)),
        upload.ToString("N"));

    /// <summary>Returns true if a segment of temporary data, by its number, was dropped to free space.</summary>
    public bool IsDropped(long segment) => Any("SELECT 1 FROM dropped_segments WHERE segment = $1", segment);

    /// <summary>Returns true if any temporary data was dropped to free space.</summary>
    public bool HasDropped() => Any("SELECT 1 FROM dropped_segments LIMIT 1");

    /// <summary>
    /// Returns true if data of a dataset may have been dropped to free space: it is temporary, or was until it was made permanent, and
    /// something was dropped during that time.
    /// </summary>
    public bool MayHaveExpiredEarly(DatasetId dataset) => Any(
        """
        SELECT 1 FROM datasets d JOIN dropped_segments s ON s.time >= d.created AND s.time <= coalesce(d.kept, s.time)
        WHERE d.id = $1 AND (d.expires IS NOT NULL OR d.kept IS NOT NULL) LIMIT 1
        """,
        dataset.ToString());

    /// <summary>
    /// Returns true if the bytes of a dataset stay here until it ends. Neither it nor any of its ancestors may be unknown or ended, be or
    /// have been temporary, or leave its files in a facility's folder.
    /// </summary>
    public bool MustLast(DatasetId dataset) => Any(
        """
        WITH RECURSIVE line (id) AS (
            SELECT $1 UNION SELECT p.parent FROM line l JOIN datasets d ON d.id = l.id JOIN parents p ON p.dataset = d.key)
        SELECT 1 WHERE NOT EXISTS (
            SELECT 1 FROM line l LEFT JOIN datasets d ON d.id = l.id
            WHERE d.id IS NULL OR d.ended IS NOT NULL OR d.expires IS NOT NULL OR d.kept IS NOT NULL OR d.folder IS NOT NULL)
        """,
        dataset.ToString());

    /// <summary>Sums up the temporary data dropped since a time, in milliseconds since 1970.</summary>
    public DroppedData DroppedSince(long time) => session.Select(
        "SELECT coalesce(sum(files), 0), coalesce(sum(bytes), 0), coalesce(max(time), 0) FROM dropped_segments WHERE time >= $1",
        row => new DroppedData(row.Number(0), row.Number(1), row.Number(2)),
        time).First();

    public SiteSession? Session(Guid id)
    {
        SessionRow? row = _connection.QueryFirstOrDefault<SessionRow>(
            """
            SELECT coalesce(s.copies, d.id) AS Dataset, s.copies IS NOT NULL AS IsCopy, s.author AS Author, s.base AS Base,
                s.started AS Started, s.expires AS Expires
            FROM sessions s LEFT JOIN datasets d ON d.key = s.dataset WHERE s.id = @id
            """,
            new { id = id.ToString("N") });
        return row is null
            ? null
            : new SiteSession(id, new DatasetId(Guid.Parse(row.Dataset)), row.Author, row.Base, row.Started, row.Expires)
            {
                IsCopy = row.IsCopy != 0,
            };
    }

    /// <summary>Returns the session that receives a copy of a dataset; null without any.</summary>
    public SiteSession? CopySession(DatasetId dataset) => _connection.QueryFirstOrDefault<string>(
        "SELECT id FROM sessions WHERE copies = @dataset", new { dataset = dataset.ToString() }) is { } id ? Session(Guid.Parse(id)) : null;

    /// <summary>Lists the push sessions expired at <paramref name="now"/> (ms since 1970).</summary>
    public IReadOnlyList<Guid> ExpiredSessions(long now) =>
        [.. _connection.Query<string>("SELECT id FROM sessions WHERE expires <= @now", new { now }).Select(Guid.Parse)];

    public IReadOnlyList<Guid> SessionsOf(long dataset) =>
        [.. _connection.Query<string>("SELECT id FROM sessions WHERE dataset = @dataset", new { dataset }).Select(Guid.Parse)];

    public long SessionBytes(Guid push) =>
        Single("SELECT coalesce(sum(length), 0) FROM session_extents WHERE session = $1", push.ToString("N"));

    public bool SessionMayName(Guid push, BlobHash hash) => Any(
        """
        SELECT 1 FROM session_blobs WHERE session = $1 AND hash = $2
        UNION ALL SELECT 1 FROM session_lists WHERE session = $1 AND instr(list, $2) > 0 LIMIT 1
        """,
        push.ToString("N"), hash.ToString());

    /// <summary>Returns those of some blobs that a push session may name.</summary>
    public HashSet<BlobHash> SessionMayName(Guid push, IEnumerable<BlobHash> hashes)
    {
        HashSet<BlobHash> listed = SessionLists(push);
        SqliteStatement look = session.Prepared("SELECT 1 FROM session_blobs WHERE session = $1 AND hash = $2");
        string key = push.ToString("N");
        var named = new HashSet<BlobHash>();
        foreach (BlobHash hash in hashes)
        {
            if (listed.Contains(hash))
            {
                named.Add(hash);
                continue;
            }

            using SqliteRows rows = look.Query(key, hash.ToString());
            if (rows.Next())
            {
                named.Add(hash);
            }
        }

        return named;
    }

    /// <summary>Counts the unsorted lists of blobs that a push session may name, and the hashes in them.</summary>
    internal (long Lists, long Hashes) SessionListed(Guid push) => session.Select(
        "SELECT count(*), coalesce(sum(hashes), 0) FROM session_lists WHERE session = $1",
        row => (row.Number(0), row.Number(1)),
        push.ToString("N")).First();

    internal HashSet<BlobHash> SessionLists(Guid push)
    {
        var all = new HashSet<BlobHash>();
        using SqliteRows rows = session.Prepared("SELECT list FROM session_lists WHERE session = $1").Query(push.ToString("N"));
        while (rows.Next())
        {
            AddListed(all, rows.Utf8(0));
        }

        return all;
    }

    /// <summary>Returns true if a push session has large uploads in progress.</summary>
    public bool HasExtents(Guid push) => _connection.ExecuteScalar<long?>(
        "SELECT 1 FROM session_extents WHERE session = @session LIMIT 1", new { session = push.ToString("N") }) is not null;

    /// <summary>Lists all blobs that a push session may name, in the order of their hashes.</summary>
    public IReadOnlyList<BlobHash> SessionBlobs(Guid push)
    {
        HashSet<BlobHash> all = SessionLists(push);
        all.UnionWith(session.Select(
            "SELECT hash FROM session_blobs WHERE session = $1", row => Hash(row.Text(0)), push.ToString("N")));
        return [.. all.Order()];
    }

    /// <summary>Returns the parts of a large blob that a push session has uploaded so far, in order.</summary>
    public SessionUpload? SessionUpload(Guid push, BlobHash hash)
    {
        var rows = _connection.Query<SessionExtentRow>(
            """
            SELECT start AS Start, length AS Length, crc AS Crc, size AS Size, upload AS Upload FROM session_extents
            WHERE session = @session AND hash = @hash ORDER BY start
            """,
            new { session = push.ToString("N"), hash = hash.ToString() }).ToList();
        return rows.Count == 0
            ? null
            : new SessionUpload(Guid.Parse(rows[0].Upload), rows[0].Size, [.. rows.Select(row => row.ToExtent())]);
    }

    /// <summary>Returns the offset of an upload of a push session, with a read of one row; null when nothing of it is recorded.</summary>
    public (Guid Upload, long Size, long Offset)? SessionUploadReach(Guid push, BlobHash hash)
    {
        SessionExtentRow? last = _connection.QueryFirstOrDefault<SessionExtentRow>(
            """
            SELECT start AS Start, length AS Length, size AS Size, upload AS Upload FROM session_extents
            WHERE session = @session AND hash = @hash ORDER BY start DESC LIMIT 1
            """,
            new { session = push.ToString("N"), hash = hash.ToString() });
        return last is null ? null : (Guid.Parse(last.Upload), last.Size, last.Start + last.Length);
    }

    /// <summary>
    /// Lists all blobs that push sessions in progress pin against garbage collection, some of them more than once. Reads one list at a time
    /// during the enumeration.
    /// </summary>
    public IEnumerable<BlobHash> PinnedBlobs() =>
        _connection.Query<string>("SELECT hash FROM session_blobs", buffered: false)
            .Concat(_connection.Query<string>("SELECT list FROM session_lists", buffered: false).SelectMany(static list => list.Split(' ')))
            .Select(Hash);

    /// <summary>Lists the extents of uploads in progress, in push sessions and in parts: upload and offset.</summary>
    public IReadOnlyList<(Guid Upload, long Offset)> PinnedExtents() =>
    [
        .. _connection.Query<SessionExtentRow>("SELECT start AS Start, upload AS Upload FROM session_extents").Select(
            row => (Guid.Parse(row.Upload), row.Start)),
        .. _connection.Query<PartRow>("SELECT part AS Part, extents AS Extents FROM upload_parts")
            .SelectMany(row => row.ToPart().Extents.Select(extent => (Guid.Parse(row.Part), extent.Offset))),
    ];

    private static void AddListed(HashSet<BlobHash> all, ReadOnlySpan<byte> list)
    {
        foreach (Range one in list.Split((byte)' '))
        {
            all.Add(BlobHash.TryParse(list[one], out BlobHash hash) ? hash : throw new FormatException("A list of a push is damaged."));
        }
    }

    private List<Extent> Extents(Guid upload) => session.Select(
        "SELECT start, length, crc, part, part_start FROM extents WHERE upload = $1 ORDER BY start",
        row => new Extent(
            row.Number(0),
            (int)row.Number(1),
            (uint)row.Number(2),
            row.Utf8(3) is { IsEmpty: false } part ? Guid.Parse(part) : null,
            row.NumberOrNull(4)),
        upload.ToString("N"));

    [method: ExplicitConstructor]
    private sealed record SessionRow(
        string Dataset, long IsCopy, string Author, long? Base, long Started, long Expires);

    [method: ExplicitConstructor]
    private sealed record SessionExtentRow(long Start, long Length, long Crc, long Size, string Upload)
    {
        public Extent ToExtent() => new(Start, (int)Length, (uint)Crc);
    }
}
