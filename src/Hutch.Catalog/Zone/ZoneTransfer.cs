using System.Data;
using Hutch.Catalog.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace Hutch.Catalog.Zone;

/// <summary>
/// Copies all rows of a zone from PostgreSQL into a SQLite file, and back. The tables and columns of both have the same names. Secrets and
/// counts of failed attempts are left out: a zone in a file has its secrets in files of their own.
/// </summary>
internal static class ZoneTransfer
{
    private static readonly string[] NotCopied = ["schema_version", "secrets", "attempts", "login_places"];

    /// <summary>Writes the zone into a new SQLite file, as one state; durable on return. A failure leaves no file.</summary>
    public static async ValueTask WriteFileAsync(IZoneEngine zone, IDisk disk, string path, TimeProvider time, CancellationToken ct)
    {
        string rows = path + ".rows";
        Delete(disk, rows);
        disk.Open(rows, DiskAccess.CreateNew).Dispose();
        try
        {
            SqliteOptions options = SqliteOptions.View with { ApplicationId = ZoneSchema.ApplicationId };
            await using (SqliteDatabase file = SqliteDatabase.Open(rows, options, ZoneSchema.Migrations, time))
            {
                await zone.ReadAsync(
                    connection =>
                    {
                        using SqliteLease lease = file.RentWriter(ct);
                        Fill(lease.Session, connection, ct);
                        return true;
                    },
                    ct);
            }

            SqliteCopy.WriteClosed(disk, rows, path);
        }
        catch (SqliteException e) when (SqliteFull.Is(e))
        {
            throw new DiskFullException(path, e);
        }
        finally
        {
            Delete(disk, rows);
        }
    }

    /// <summary>
    /// Replaces all rows of the zone in PostgreSQL by those of a SQLite file of the same schema, in the transaction given.
    /// </summary>
    public static void Load(NpgsqlConnection to, SqliteSession from, CancellationToken ct)
    {
        List<string> tables = Tables(from);

        // Many statements a message, since each answer takes a round trip while clients may wait.
        ExecuteAll(to, tables.Select(static table => $"ALTER TABLE {Quote(table)} DISABLE TRIGGER USER"));
        Execute(to, ZoneDialect.DeferReferences(to));
        ExecuteAll(to, tables.Select(static table => $"DELETE FROM {Quote(table)}"));
        foreach (string table in tables)
        {
            ct.ThrowIfCancellationRequested();
            Import(to, from, table, ct);
        }

        Execute(to, ZoneDialect.CheckReferences(to)!);
        ExecuteAll(to, tables.Select(static table => $"ALTER TABLE {Quote(table)} ENABLE TRIGGER USER"));
        ExecuteAll(to, NextNumbers(to));
    }

    private static void ExecuteAll(NpgsqlConnection to, IEnumerable<string> statements) => Execute(to, string.Join(";\n", statements));

    private static void Fill(SqliteSession to, DbConnection from, CancellationToken ct)
    {
        to.Begin();
        try
        {
            to.Execute("PRAGMA defer_foreign_keys = ON");
            (string Name, string Sql)[] triggers = [.. Read(
                to, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'", static row => (row.GetString(0), row.GetString(1)))];
            foreach ((string name, _) in triggers)
            {
                to.Execute($"DROP TRIGGER {Quote(name)}");
            }

            foreach (string table in Tables(to))
            {
                ct.ThrowIfCancellationRequested();
                to.Execute($"DELETE FROM {Quote(table)}");
                Copy(to, from, table);
            }

            foreach ((_, string sql) in triggers)
            {
                to.Execute(sql);
            }

            to.Commit();
        }
        catch
        {
            to.RollbackIfOpen();
            throw;
        }
    }

    private static void Copy(SqliteSession to, DbConnection from, string table)
    {
        string[] columns = Columns(to, table);
        using DbCommand ask = from.CreateCommand();
        ask.CommandText = $"SELECT {string.Join(", ", columns)} FROM {Quote(table)}";
        using DbDataReader rows = ask.ExecuteReader(CommandBehavior.SequentialAccess);
        using SqliteCommand insert = to.Connection.CreateCommand();
        insert.CommandText = $"INSERT INTO {Quote(table)} ({string.Join(", ", columns)}) "
            + $"VALUES ({string.Join(", ", columns.Select(static (_, i) => $"$p{i}"))})";
        for (int i = 0; i < columns.Length; i++)
        {
            insert.Parameters.Add(new SqliteParameter { ParameterName = $"$p{i}" });
        }

        while (rows.Read())
        {
            for (int i = 0; i < columns.Length; i++)
            {
                insert.Parameters[i].Value = rows.GetValue(i);
            }

            insert.ExecuteNonQuery();
        }
    }

    private static void Import(NpgsqlConnection to, SqliteSession from, string table, CancellationToken ct)
    {
        string[] columns = Columns(from, table);
        string list = string.Join(", ", columns);
        using SqliteCommand ask = from.Connection.CreateCommand();
        ask.CommandText = $"SELECT {list} FROM {Quote(table)}";
        using SqliteDataReader rows = ask.ExecuteReader();
        using NpgsqlBinaryImporter import = to.BeginBinaryImport($"COPY {Quote(table)} ({list}) FROM STDIN (FORMAT BINARY)");
        while (rows.Read())
        {
            ct.ThrowIfCancellationRequested();
            import.StartRow();
            for (int i = 0; i < columns.Length; i++)
            {
                Write(import, rows.GetValue(i));
            }
        }

        import.Complete();
    }

    private static void Write(NpgsqlBinaryImporter import, object value)
    {
        switch (value)
        {
            case long number:
                import.Write(number, NpgsqlDbType.Bigint);
                break;
            case string text:
                import.Write(text, NpgsqlDbType.Text);
                break;
            case byte[] bytes:
                import.Write(bytes, NpgsqlDbType.Bytea);
                break;
            default:
                import.WriteNull();
                break;
        }
    }

    /// <summary>Returns the statements after which numbers continue behind the copied ones.</summary>
    private static List<string> NextNumbers(NpgsqlConnection connection) =>
    [
        .. Read(
            connection,
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() AND is_identity = 'YES'",
            static row => $"SELECT setval(pg_get_serial_sequence('{row.GetString(0)}', '{row.GetString(1)}'), "
                + $"coalesce(max({row.GetString(1)}), 0) + 1, false) FROM {Quote(row.GetString(0))}"),
    ];

    private static List<string> Tables(SqliteSession session) =>
    [
        .. Read(
            session,
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
            static row => row.GetString(0)).Except(NotCopied),
    ];

    private static string[] Columns(SqliteSession session, string table) =>
        [.. Read(session, $"SELECT name FROM pragma_table_info('{table}') ORDER BY cid", static row => Quote(row.GetString(0)))];

    private static List<T> Read<T>(SqliteSession session, string sql, Func<DbDataReader, T> read) => Read(session.Connection, sql, read);

    private static List<T> Read<T>(DbConnection connection, string sql, Func<DbDataReader, T> read)
    {
        using DbCommand ask = connection.CreateCommand();
        ask.CommandText = sql;
        using DbDataReader reader = ask.ExecuteReader();
        var all = new List<T>();
        while (reader.Read())
        {
            all.Add(read(reader));
        }

        return all;
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private static string Quote(string name) => $"\"{name}\"";

    private static void Delete(IDisk disk, string path)
    {
        foreach (string end in (string[])["", "-wal", "-shm"])
        {
            disk.Delete(path + end);
        }
    }
}
