using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Members;

/// <summary>Queries of <c>members.db</c>. For one caller at a time, and only during the call.</summary>
public sealed class MemberQueries
{
    private const string FindMemberSql =
        """
        SELECT m.number, m.place, m.length, m.crc, r.is_transient
        FROM members AS m JOIN rows AS r ON r.number = m.number
        WHERE m.kind = $1 AND m.a = $2 AND m.b = $3 AND m.c = $4 AND m.d = $5 AND r.is_transient <= $6
            AND NOT EXISTS (SELECT 1 FROM damaged AS d WHERE d.number = m.number AND d.place = m.place AND d.object = '')
        ORDER BY m.number DESC LIMIT 1
        """;

    private const string FindExtentSql =
        """
        SELECT -e.number, 0, e.length, e.crc, e.is_transient FROM extents AS e
        WHERE e.a = $1 AND e.b = $2 AND e.c = $3 AND e.is_transient <= $4
            AND NOT EXISTS (SELECT 1 FROM damaged AS d WHERE d.number = 0 AND d.place = 0 AND d.object = e.object)
        ORDER BY e.log_row IS NULL, e.log_row, e.number LIMIT 1
        """;

    private readonly SqliteSession _session;

    internal MemberQueries(SqliteSession session) => _session = session;

    /// <summary>The last applied row, and its id; 0 before the first.</summary>
    public (long Number, Guid Id) Applied
    {
        get
        {
            using SqliteRows rows = _session.Prepared("SELECT number, id FROM applied").Query();
            return rows.Next() ? (rows.Number(0), Guid.Parse(rows.Text(1))) : (0, Guid.Empty);
        }
    }

    public bool HasDamage
    {
        get
        {
            using SqliteRows rows = _session.Prepared("SELECT 1 FROM damaged LIMIT 1").Query();
            return rows.Next();
        }
    }

    /// <summary>Finds the newest undamaged copy of a member; null without any.</summary>
    public MemberRow? FindMember(MemberWords key, bool lastingOnly)
    {
        using SqliteRows rows = _session.Prepared(FindMemberSql).Query(key.Kind, key.A, key.B, key.C, key.D, lastingOnly ? 0 : 1);
        return rows.Next() ? ReadMember(rows) : null;
    }

    /// <summary>
    /// Finds the undamaged copy of an extent that the log mentioned first; null without any. Another server may have written other bytes
    /// under the same name and recorded them later; no record refers to those.
    /// </summary>
    public MemberRow? FindExtent(MemberWords key, bool lastingOnly)
    {
        using SqliteRows rows = _session.Prepared(FindExtentSql).Query(key.A, key.B, key.C, lastingOnly ? 0 : 1);
        return rows.Next() ? ReadMember(rows) : null;
    }

    public bool IsDamaged(MemberWords key)
    {
        const string Members =
            """
            SELECT 1 FROM members AS m JOIN damaged AS d ON d.number = m.number AND d.place = m.place AND d.object = ''
            WHERE m.kind = $1 AND m.a = $2 AND m.b = $3 AND m.c = $4 AND m.d = $5
            UNION ALL
            SELECT 1 FROM extents AS e JOIN damaged AS d ON d.number = 0 AND d.place = 0 AND d.object = e.object
            WHERE $1 = $6 AND e.a = $2 AND e.b = $3 AND e.c = $4
            """;
        using SqliteRows rows = _session.Prepared(Members).Query(key.Kind, key.A, key.B, key.C, key.D, MemberWords.Extent);
        return rows.Next();
    }

    /// <summary>Finds the pack that has a row; null while the row has its bodies itself.</summary>
    public ObjectLocation? FindPack(long row)
    {
        using SqliteRows rows = _session.Prepared(
            "SELECT p.object, r.start, p.length FROM rows AS r JOIN packs AS p ON p.number = r.pack WHERE r.number = $1").Query(row);
        return rows.Next() ? new ObjectLocation(rows.Text(0), rows.Number(1), rows.Number(2)) : null;
    }

    /// <summary>Returns true if a row has members, and its pack was not condemned.</summary>
    public bool HasRow(long row)
    {
        using SqliteRows rows = _session.Prepared("SELECT 1 FROM rows WHERE number = $1").Query(row);
        return rows.Next();
    }

    public ObjectLocation? FindObject(long extent)
    {
        using SqliteRows rows = _session.Prepared("SELECT object, length FROM extents WHERE number = $1").Query(extent);
        return rows.Next() ? new ObjectLocation(rows.Text(0), 0, rows.Number(1)) : null;
    }

    public List<PackRow> Packs() => _session.Select(
        "SELECT number, object, lane, length, seal FROM packs ORDER BY lane, number",
        static row => new PackRow(row.Number(0), row.Text(1), row.Text(2), row.Number(3), row.Text(4)));

    /// <summary>Returns the seal of the last pack of a lane; null without any.</summary>
    public string? FindLastSeal(string lane)
    {
        using SqliteRows rows = _session.Prepared("SELECT seal FROM packs WHERE lane = $1 ORDER BY number DESC LIMIT 1").Query(lane);
        return rows.Next() ? rows.Text(0) : null;
    }

    /// <summary>Lists the rows in a pack with their offsets, in the order of these.</summary>
    public List<(long Row, long Start)> RowsIn(long pack) => _session.Select(
        "SELECT number, start FROM rows WHERE pack = $1 ORDER BY start",
        static row => (row.Number(0), row.Number(1)),
        pack);

    public List<MemberRow> MembersOf(long row) => _session.Select(
        "SELECT m.number, m.place, m.length, m.crc, 0 FROM members AS m WHERE m.number = $1 ORDER BY m.place", ReadMember, row);

    /// <summary>Lists extents in the order in which they became known, without those in quarantine.</summary>
    public List<(long Number, string ObjectName, int Length, uint Crc32C)> ExtentsAfter(long number, int limit) => _session.Select(
        """
        SELECT e.number, e.object, e.length, e.crc FROM extents AS e
        WHERE e.number > $1 AND e.log_row IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM damaged AS d WHERE d.number = 0 AND d.place = 0 AND d.object = e.object)
        ORDER BY e.number LIMIT $2
        """,
        static row => (row.Number(0), row.Text(1), (int)row.Number(2), (uint)row.Number(3)),
        number, limit);

    /// <summary>Lists damage that the log does not mention yet.</summary>
    public List<DamageRow> UnnoticedDamage() => _session.Select(
        "SELECT number, place, object FROM damaged WHERE log_row IS NULL",
        static row => new DamageRow(row.Number(0), row.Number(1), row.Text(2)));

    /// <summary>Lists unreferenced objects whose retention is over.</summary>
    /// <param name="until">The latest time of condemnation, in milliseconds since 1970.</param>
    /// <param name="row">The last row of the log whose condemnations count.</param>
    public List<string> Condemned(long until, long row, int limit) => _session.Select(
        "SELECT object FROM condemned WHERE since_ms <= $1 AND log_row <= $2 ORDER BY object LIMIT $3",
        static found => found.Text(0),
        until, row, limit);

    /// <summary>Lists the objects and bytes of each lane.</summary>
    public List<LaneRow> Lanes() => _session.Select(
        "SELECT name, objects, bytes FROM lanes ORDER BY name", static row => new LaneRow(row.Text(0), row.Number(1), row.Number(2)));

    /// <summary>Lists extents that the log mentions, in the order in which they became known.</summary>
    public List<KnownExtent> AnnouncedAfter(long number, int limit) =>
        Extents("number > $1 AND log_row IS NOT NULL ORDER BY number LIMIT $2", number, limit);

    /// <summary>Lists the expiring extents that rows of the log after the given one mention, in the order of those rows.</summary>
    public List<KnownExtent> TransientAfter(long row, int limit) =>
        Extents("is_transient = 1 AND log_row > $1 ORDER BY log_row, number LIMIT $2", row, limit);

    /// <summary>Lists the extents of an expiring lane that the log mentions.</summary>
    public List<KnownExtent> TransientIn(string lane, int limit) =>
        Extents("is_transient = 1 AND log_row > 0 AND lane = $1 ORDER BY log_row, number LIMIT $2", lane, limit);

    /// <summary>Returns the first and the last row in a pack; 0 without any.</summary>
    public (long First, long Last) RowRangeOf(long pack)
    {
        using SqliteRows rows = _session.Prepared("SELECT coalesce(min(number), 0), coalesce(max(number), 0) FROM rows WHERE pack = $1")
            .Query(pack);
        return rows.Next() ? (rows.Number(0), rows.Number(1)) : default;
    }

    /// <summary>Passes the key and the length of each member in a pack to a callback.</summary>
    public void ForEachIn(long pack, Action<MemberWords, int> show)
    {
        using SqliteRows rows = _session.Prepared(
            """
            SELECT m.kind, m.a, m.b, m.c, m.d, m.length FROM rows AS r JOIN members AS m ON m.number = r.number
            WHERE r.pack = $1
            """).Query(pack);
        while (rows.Next())
        {
            show(ReadKey(rows), (int)rows.Number(5));
        }
    }

    /// <summary>Lists the members that would be lost with a pack: there is no other good copy that lasts as long.</summary>
    public List<MemberWords> OnlyIn(long pack) => _session.Select(
        """
        SELECT m.kind, m.a, m.b, m.c, m.d FROM rows AS r JOIN members AS m ON m.number = r.number
        WHERE r.pack = $1 AND NOT EXISTS (
            SELECT 1 FROM members AS o JOIN rows AS q ON q.number = o.number
            WHERE o.kind = m.kind AND o.a = m.a AND o.b = m.b AND o.c = m.c AND o.d = m.d
                AND (q.pack IS NULL OR q.pack <> $1) AND q.is_transient <= r.is_transient
                AND NOT EXISTS (SELECT 1 FROM damaged AS d WHERE d.number = o.number AND d.place = o.place AND d.object = ''))
        """,
        static row => ReadKey(row),
        pack);

    /// <summary>Lists the members in a pack in the order of their positions.</summary>
    public List<PackedMemberRow> MembersIn(long pack) => _session.Select(
        """
        SELECT m.kind, m.a, m.b, m.c, m.d, r.start, m.place, m.length, m.crc FROM rows AS r JOIN members AS m ON m.number = r.number
        WHERE r.pack = $1 ORDER BY r.start, m.place
        """,
        static row => new PackedMemberRow(
            ReadKey(row), row.Number(5), row.Number(6), (int)row.Number(7), (uint)row.Number(8)),
        pack);

    public string? PackName(long number)
    {
        using SqliteRows rows = _session.Prepared("SELECT object FROM packs WHERE number = $1").Query(number);
        return rows.Next() ? rows.Text(0) : null;
    }

    /// <summary>Finds the state of an object, in use or condemned; null for an unknown one.</summary>
    public ObjectState? Find(string name)
    {
        using SqliteRows rows = _session.Prepared(
            """
            SELECT NULL FROM extents WHERE object = $1 UNION ALL SELECT NULL FROM packs WHERE object = $1
            UNION ALL SELECT since_ms FROM condemned WHERE object = $1
            """).Query(name);
        return rows.Next() ? new ObjectState(rows.NumberOrNull(0)) : null;
    }

    private static MemberWords ReadKey(SqliteRows rows) =>
        new((int)rows.Number(0), rows.Number(1), rows.Number(2), rows.Number(3), rows.Number(4));

    private List<KnownExtent> Extents(string which, params ReadOnlySpan<object?> values) => _session.Select(
        "SELECT number, a, b, c, object, length, lane, is_transient, log_row FROM extents WHERE " + which,
        static row => new KnownExtent(
            row.Number(0),
            new MemberWords(MemberWords.Extent, row.Number(1), row.Number(2), row.Number(3), 0),
            row.Text(4),
            (int)row.Number(5),
            row.Text(6),
            row.Number(7) != 0,
            row.Number(8)),
        values);

    private static MemberRow ReadMember(SqliteRows rows) =>
        new(rows.Number(0), rows.Number(1), (int)rows.Number(2), (uint)rows.Number(3), rows.Number(4) != 0);
}
