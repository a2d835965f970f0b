using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Members;

/// <summary>Changes of <c>members.db</c> in one transaction. For one caller at a time, and only during the call.</summary>
public sealed class MemberWriter
{
    private readonly SqliteSession _session;

    internal MemberWriter(SqliteSession session) => _session = session;

    /// <summary>Notes the last applied row.</summary>
    public void SetApplied(long number, Guid id) => _session.Prepared(
        "INSERT INTO applied(is_only, number, id) VALUES (1, $1, $2) ON CONFLICT (is_only) DO UPDATE SET number = $1, id = $2")
        .Run(number, id.ToString());

    public void AddRow(long number, bool isTransient) => _session.Prepared(
        "INSERT INTO rows(number, is_transient) VALUES ($1, $2) ON CONFLICT (number) DO NOTHING").Run(number, isTransient ? 1 : 0);

    public void AddMember(MemberWords key, long row, long offset, int length, uint crc32C) => _session.Prepared(
        """
        INSERT INTO members(kind, a, b, c, d, number, place, length, crc) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT DO NOTHING
        """).Run(key.Kind, key.A, key.B, key.C, key.D, row, offset, length, (long)crc32C);

    /// <summary>Notes an extent. The row is that of the log that mentions it, null before.</summary>
    public void AddExtent(ExtentRow extent, long? row) => _session.Prepared(
        """
        INSERT INTO extents(a, b, c, object, lane, is_transient, length, crc, log_row) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (object) DO UPDATE SET log_row = coalesce(log_row, $9)
        """).Run(
            extent.Key.A, extent.Key.B, extent.Key.C,
            extent.ObjectName, extent.Lane, extent.IsTransient ? 1 : 0, extent.Length, (long)extent.Crc32C, row);

    /// <summary>Forgets extents that an earlier process wrote and no row of the log mentions.</summary>
    public void DeleteUnannounced() => _session.Prepared("DELETE FROM extents WHERE log_row IS NULL").Run();

    public void AddPack(PackRow pack) => _session.Prepared(
        "INSERT INTO packs(number, object, lane, length, seal) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (number) DO NOTHING")
        .Run(pack.Number, pack.ObjectName, pack.Lane, pack.Length, pack.Seal);

    public void MoveRow(long row, bool isTransient, long pack, long start) => _session.Prepared(
        """
        INSERT INTO rows(number, is_transient, pack, start) VALUES ($1, $2, $3, $4)
        ON CONFLICT (number) DO UPDATE SET pack = $3, start = $4
        """).Run(row, isTransient ? 1 : 0, pack, start);

    /// <summary>Notes a damaged copy. The row is that of the log that mentions it, null before.</summary>
    public void AddDamage(DamageRow damaged, long? row) => _session.Prepared(
        """
        INSERT INTO damaged(number, place, object, log_row) VALUES ($1, $2, $3, $4)
        ON CONFLICT (number, place, object) DO UPDATE SET log_row = coalesce(log_row, $4)
        """).Run(damaged.Number, damaged.Place, damaged.ObjectName, row);

    /// <summary>Notes an object as condemned: its contents are no longer found.</summary>
    public void Condemn(string name, long since, long row)
    {
        const string InPack = "(SELECT number FROM packs WHERE object = $1)";
        _session.Prepared(
            """
            INSERT INTO condemned(object, since_ms, log_row) VALUES ($1, $2, $3)
            ON CONFLICT (object) DO UPDATE SET since_ms = min(since_ms, $2)
            """).Run(name, since, row);
        _session.Prepared($"INSERT INTO dead_rows(number) SELECT number FROM rows WHERE pack = {InPack} ON CONFLICT DO NOTHING").Run(name);
        _session.Prepared($"DELETE FROM rows WHERE pack = {InPack}").Run(name);
        _session.Prepared("DELETE FROM packs WHERE object = $1").Run(name);
        _session.Prepared("DELETE FROM extents WHERE object = $1").Run(name);
        _session.Prepared("DELETE FROM damaged WHERE object = $1").Run(name);
    }

    /// <summary>Removes the members of some rows whose pack was condemned from the tables.</summary>
    public void Tidy(int maxRows)
    {
        List<long> dead = _session.Select("SELECT number FROM dead_rows LIMIT $1", static row => row.Number(0), maxRows);
        foreach (long number in dead)
        {
            _session.Prepared("DELETE FROM members WHERE number = $1").Run(number);
            _session.Prepared("DELETE FROM damaged WHERE number = $1").Run(number);
            _session.Prepared("DELETE FROM dead_rows WHERE number = $1").Run(number);
        }
    }

    public void DeleteCondemned(string name) => _session.Prepared("DELETE FROM condemned WHERE object = $1").Run(name);

    public void Clear()
    {
        foreach (string table in (string[])["applied", "rows", "dead_rows", "packs", "members", "extents", "damaged", "condemned"])
        {
            _session.Execute("DELETE FROM " + table);
        }
    }
}
