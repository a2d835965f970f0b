namespace Hutch.Catalog.Sqlite;

/// <summary>Brings a database to the schema of this program by numbered migrations in order, each in its own transaction.</summary>
public static class Migrator
{
    private const string CreateVersionTable =
        """
        CREATE TABLE IF NOT EXISTS schema_version(
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            applied_ms INTEGER NOT NULL)
        """;

    /// <summary>Returns the schema of the database: the number of its last migration, 0 for a new file.</summary>
    public static int CurrentVersion(SqliteSession session) =>
        session.Scalar("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'") == 0
            ? 0
            : (int)session.Scalar("SELECT coalesce(max(number), 0) FROM schema_version");

    /// <summary>
    /// Compares the applied migrations with the program's and applies the missing ones. Throws <see cref="CatalogException"/> when the
    /// schema is newer than the program, or an applied migration differs from the program's.
    /// </summary>
    /// <param name="session">The writing session, outside a transaction.</param>
    /// <param name="migrations">All of the program's, numbered from 1 without gaps.</param>
    public static int Apply(SqliteSession session, IReadOnlyList<Migration> migrations, TimeProvider time, string database)
    {
        session.Execute(CreateVersionTable);
        Check(ReadApplied(session), migrations, database);
        int version = CurrentVersion(session);
        foreach (Migration migration in migrations.Skip(version))
        {
            ApplyOne(session, migration, time, database);
        }

        return migrations.Count - version;
    }

    private static void ApplyOne(SqliteSession session, Migration migration, TimeProvider time, string database)
    {
        session.Begin();
        try
        {
            session.Execute(migration.Sql);
            session.Connection.Execute(
                "INSERT INTO schema_version(number, name, fingerprint, applied_ms) VALUES (@Number, @Name, @Fingerprint, @AppliedMs)",
                new { migration.Number, migration.Name, migration.Fingerprint, AppliedMs = SqlTime.Now(time) });
            session.Commit();
        }
        catch (Exception e)
        {
            session.RollbackIfOpen();
            throw new CatalogException(
                $"Migration {migration.Number} ('{migration.Name}') of {database} failed and was undone: {e.Message}", e);
        }
    }

    /// <summary>Refuses the schema of another program: a newer one, or one with other statements.</summary>
    /// <param name="migrations">All of the program's, numbered from 1 without gaps.</param>
    internal static void Check(IReadOnlyList<AppliedMigration> applied, IReadOnlyList<Migration> migrations, string database)
    {
        CheckNumbers(migrations);
        long newest = applied.Count == 0 ? 0 : applied.Max(one => one.Number);
        if (newest > migrations.Count)
        {
            throw new CatalogException(string.Create(
                CultureInfo.InvariantCulture,
                $"{database} has schema {newest}, this program knows up to {migrations.Count}: "
                + $"a newer Hutch wrote it. Start that version, or restore the copy that was made before the upgrade."));
        }

        foreach (AppliedMigration one in applied)
        {
            Migration known = migrations[(int)one.Number - 1];
            if (!known.Matches(one))
            {
                throw new CatalogException(
                    $"Migration {one.Number} of {database} was applied as '{one.Name}' with other statements "
                    + $"than this program's '{known.Name}'. This is not the program that made the database: start the right version.");
            }
        }
    }

    private static void CheckNumbers(IReadOnlyList<Migration> migrations)
    {
        for (int i = 0; i < migrations.Count; i++)
        {
            if (migrations[i].Number != i + 1)
            {
                throw new ArgumentException($"Migration {i + 1} is numbered {migrations[i].Number}.", nameof(migrations));
            }
        }
    }

    // Without Dapper, which costs tens of milliseconds of compilation the first time: this runs at every start.
    private static List<AppliedMigration> ReadApplied(SqliteSession session)
    {
        List<AppliedMigration> rows = [];
        using SqliteCommand command = session.Connection.CreateCommand();
        command.CommandText = "SELECT number, name, fingerprint FROM schema_version ORDER BY number";
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add(new AppliedMigration(reader.GetInt64(0), reader.GetString(1), reader.GetString(2)));
        }

        return rows;
    }
}
