using System.Data;
using Hutch.Catalog.Sqlite;
using Npgsql;

namespace Hutch.Catalog.Postgres;

/// <summary>
/// Brings a schema of a PostgreSQL database to that of this program: all missing migrations in one transaction. A lock serializes servers
/// that start at the same time.
/// </summary>
public static class PostgresMigrator
{
    /// <summary>"Hutch": the number of the lock that servers take while they migrate, whatever the schema.</summary>
    private const long Lock = 0x4875746368;

    private const int MigrationSeconds = 600;
    private const int SilenceSeconds = 60;

    /// <summary>
    /// Compares the applied migrations with the program's and applies the missing ones. Throws <see cref="CatalogException"/> when the
    /// schema is newer than the program, an applied migration differs from the program's, or the role may not make tables.
    /// </summary>
    /// <param name="source">The database; its schema is made if it is missing.</param>
    /// <param name="migrations">All of the program's, numbered from 1 without gaps.</param>
    /// <param name="beforeFirst">Called before the first migration of all, to refuse it; null for nothing.</param>
    /// <param name="after">A statement after the migrations, at each start; null for none.</param>
    public static async Task<int> ApplyAsync(
        PostgresSource source, IReadOnlyList<Migration> migrations, TimeProvider time, Action? beforeFirst, string? after,
        CancellationToken ct)
    {
        string name = $"The schema '{source.Options.Schema}' of {source.Address}";
        try
        {
            await using NpgsqlConnection connection = await source.Writers.OpenConnectionAsync(ct);
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
            await AcquireLockAsync(connection, ct);
            int version = await PrepareAsync(connection, source.Options.Schema, migrations, name, ct);
            if (version == 0)
            {
                beforeFirst?.Invoke();
            }

            foreach (Migration migration in migrations.Skip(version))
            {
                await ApplyOneAsync(connection, migration, time, name, ct);
            }

            if (after is not null)
            {
                await RunAsync(connection, after, ct);
            }

            await transaction.CommitAsync(ct);
            return migrations.Count - version;
        }
        catch (Exception e) when (source.InWords(e) is { } words)
        {
            throw new CatalogException(words, e);
        }
    }

    // The wait for another server that migrates, and the migrations themselves, may take longer than a statement; and no server answers
    // before it has migrated, so that a start on a busy machine may be silent for longer than the writer of a running one.
    private static async Task AcquireLockAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await RunAsync(connection, $"SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = '{SilenceSeconds}s'", ct);
        await RunAsync(connection, "SELECT pg_advisory_xact_lock($1)", ct, Lock);
    }

    /// <summary>Makes the missing schema and the table of migrations; returns the number of the last migration.</summary>
    private static async Task<int> PrepareAsync(
        NpgsqlConnection connection, string schema, IReadOnlyList<Migration> migrations, string name, CancellationToken ct)
    {
        // Asked first: "IF NOT EXISTS" needs the right to make one even where there is one.
        if (await QueryAsync(connection, "SELECT count(*) FROM pg_namespace WHERE nspname = $1", ct, schema) == 0)
        {
            await RunAsync(connection, $"CREATE SCHEMA {schema}", ct);
        }

        if (await QueryAsync(
            connection, "SELECT count(*) FROM pg_tables WHERE schemaname = $1 AND tablename = 'schema_version'", ct, schema) == 0)
        {
            await RunAsync(
                connection,
                """
                CREATE TABLE schema_version(
                    number BIGINT PRIMARY KEY,
                    name TEXT NOT NULL,
                    fingerprint TEXT NOT NULL,
                    applied_ms BIGINT NOT NULL)
                """,
                ct);
        }

        List<AppliedMigration> applied = [];
        await using NpgsqlCommand read = new("SELECT number, name, fingerprint FROM schema_version ORDER BY number", connection);
        await using NpgsqlDataReader reader = await read.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            applied.Add(new AppliedMigration(reader.GetInt64(0), reader.GetString(1), reader.GetString(2)));
        }

        Migrator.Check(applied, migrations, name);
        return applied.Count;
    }

    private static async Task ApplyOneAsync(
        NpgsqlConnection connection, Migration migration, TimeProvider time, string name, CancellationToken ct)
    {
        try
        {
            await RunAsync(connection, migration.Sql, ct);
            await RunAsync(
                connection, "INSERT INTO schema_version(number, name, fingerprint, applied_ms) VALUES ($1, $2, $3, $4)", ct,
                (long)migration.Number, migration.Name, migration.Fingerprint, SqlTime.Now(time));
        }
        catch (PostgresException e) when (e.SqlState.StartsWith("42", StringComparison.Ordinal)
            && e.SqlState != PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new CatalogException(
                $"Migration {migration.Number} ('{migration.Name}') of {name} failed and was undone: {e.MessageText}", e);
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct, params object[] values)
    {
        await using NpgsqlCommand command = Command(connection, sql, values);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<long> QueryAsync(NpgsqlConnection connection, string sql, CancellationToken ct, params object[] values)
    {
        await using NpgsqlCommand command = Command(connection, sql, values);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = MigrationSeconds };
        Array.ForEach(values, value => command.Parameters.Add(new NpgsqlParameter { Value = value }));
        return command;
    }
}
