using System.Runtime.Versioning;
using Dapper;
using Hutch.Catalog.Sqlite;
using Hutch.Testing;
using Microsoft.Data.Sqlite;

namespace Hutch.Catalog.Tests.Sqlite;

public sealed class SqliteDatabaseTests : IDisposable
{
    private static readonly Migration[] Schema =
    [
        new(1, "notes", "CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT NOT NULL)"),
        new(2, "tags", "CREATE TABLE tags(note INTEGER NOT NULL REFERENCES notes(id), tag TEXT NOT NULL); CREATE INDEX tags_by_note ON tags(note);"),
    ];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Only_its_owner_can_read_a_database_also_one_that_was_readable_before()
    {
        string path = _folder["private.db"];
        for (int i = 0; i < 2; i++)
        {
            await using var database = SqliteDatabase.Open(path, SqliteOptions.View, Schema, TimeProvider.System);
            await database.WriteAsync(
                static session =>
                {
                    session.Execute("INSERT INTO notes(text) VALUES ('a')");
                    return 0;
                },
                Ct);

            Assert.All(Directory.GetFiles(_folder.Path), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
    }

    [Fact]
    public async Task Deleted_rows_are_wiped_from_the_file_whatever_the_library_was_built_for()
    {
        string path = _folder["wiped.db"];
        foreach (SqliteOptions options in (SqliteOptions[])[SqliteOptions.View, SqliteOptions.Durable])
        {
            await using var database = SqliteDatabase.Open(path, options with { ApplicationId = 0 }, Schema, TimeProvider.System);
            string set = await database.WriteAsync(static session => SqliteConnectionFactory.Scalar(session, "PRAGMA secure_delete"), Ct);

            Assert.Equal("1", set);
        }
    }

    [Fact]
    public void A_missing_library_names_its_package()
    {
        var e = Assert.Throws<CatalogException>(() => SqliteLibrary.Load("libsqlite3-that-is-not-there.so.0"));

        Assert.Contains("apt-get install libsqlite3-0", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_library_in_the_program_is_the_one_that_answers() => Assert.Equal("3.53.4", SqliteLibrary.EnsureLoaded());

    [Theory]
    [InlineData(SqliteSynchronous.Full, 2)]
    [InlineData(SqliteSynchronous.Normal, 1)]
    [InlineData(SqliteSynchronous.Off, 0)]
    public async Task The_writer_syncs_as_the_options_say(SqliteSynchronous synchronous, long pragma)
    {
        await using SqliteDatabase db = Open(new SqliteOptions { Synchronous = synchronous });
        using SqliteLease lease = await db.RentWriterAsync(Ct);

        Assert.Equal(pragma, lease.Session.Connection.ExecuteScalar<long>("PRAGMA synchronous"));
        Assert.Equal("wal", lease.Session.Connection.ExecuteScalar<string>("PRAGMA journal_mode"));
        Assert.Equal(1, lease.Session.Connection.ExecuteScalar<long>("PRAGMA foreign_keys"));
    }

    [Fact]
    public async Task The_log_stays_short_while_a_reader_is_always_active()
    {
        const long Limit = 1 << 20; // of 28 MB that are written
        await using SqliteDatabase db = Open(SqliteOptions.View with { CheckpointPages = 100, LogLimitBytes = Limit });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        using var first = new SemaphoreSlim(1);
        using var second = new SemaphoreSlim(0);
        Task[] readers = [StartReader(first, second), StartReader(second, first)];
        long longest = 0;
        for (int i = 0; i < 1000; i++)
        {
            await db.WriteAsync(static session => session.Connection.Execute("INSERT INTO notes(text) VALUES (hex(randomblob(10000)))"), Ct);
            longest = Math.Max(longest, new FileInfo(db.Path + "-wal").Length);
        }

        await stop.CancelAsync();

        // The one that ended first no longer wakes the other.
        first.Release();
        second.Release();
        await Task.WhenAll(readers);
        Assert.Equal(1000, await CountAsync(db));
        Assert.InRange(longest, 1, 10 * Limit);

        // Has a thread of its own: one that waits for a thread of the pool keeps its read open, and the log grows.
        Task StartReader(SemaphoreSlim mine, SemaphoreSlim others) =>
            Task.Factory.StartNew(() => ReadInTurn(mine, others), Ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        // Ends its reading only when the other one reads.
        void ReadInTurn(SemaphoreSlim mine, SemaphoreSlim others)
        {
            while (!stop.IsCancellationRequested)
            {
                using SqliteLease lease = db.RentReaderAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
                lease.Session.BeginRead();
                _ = lease.Session.Scalar("SELECT count(*) FROM notes");
                others.Release();
                mine.Wait(TimeSpan.FromMinutes(5), CancellationToken.None);
                lease.Session.Commit();
            }
        }
    }

    [Fact]
    public async Task A_write_is_read_by_others_after_its_commit_and_not_before()
    {
        await using SqliteDatabase db = Open();
        using (SqliteLease writer = await db.RentWriterAsync(Ct))
        {
            writer.Session.Begin();
            writer.Session.Execute("INSERT INTO notes(text) VALUES ('a')");
            Assert.Equal(0, await CountAsync(db));
            writer.Session.Commit();
        }

        Assert.Equal(1, await CountAsync(db));
    }

    [Fact]
    public async Task An_exception_undoes_the_whole_write()
    {
        await using SqliteDatabase db = Open();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await db.WriteAsync<int>(
            session =>
            {
                session.Execute("INSERT INTO notes(text) VALUES ('a')");
                throw new InvalidOperationException("no");
            },
            Ct));

        Assert.Equal(0, await CountAsync(db));
        Assert.Equal(1, await AddAsync(db, "b"));
    }

    [Fact]
    public async Task A_savepoint_undoes_one_step_and_keeps_the_others()
    {
        await using SqliteDatabase db = Open();
        await db.WriteAsync(
            session =>
            {
                session.Execute("INSERT INTO notes(text) VALUES ('kept')");
                session.Savepoint();
                session.Execute("INSERT INTO notes(text) VALUES ('undone')");
                session.RollbackToSavepoint();
                session.Savepoint();
                session.Execute("INSERT INTO notes(text) VALUES ('kept too')");
                session.ReleaseSavepoint();
                return 0;
            },
            Ct);

        Assert.Equal(["kept", "kept too"], await db.ReadAsync(s => s.Connection.Query<string>("SELECT text FROM notes ORDER BY id").ToArray(), Ct));
    }

    [Fact]
    public async Task A_lease_given_back_in_a_transaction_is_undone()
    {
        await using SqliteDatabase db = Open();
        using (SqliteLease writer = await db.RentWriterAsync(Ct))
        {
            writer.Session.Begin();
            writer.Session.Execute("INSERT INTO notes(text) VALUES ('a')");
        }

        Assert.Equal(0, await CountAsync(db));
        Assert.Equal(1, await AddAsync(db, "b"));
    }

    [Fact]
    public async Task A_reader_cannot_write()
    {
        await using SqliteDatabase db = Open();

        await Assert.ThrowsAsync<SqliteException>(async () => await db.ReadAsync(s => s.Connection.Execute("DELETE FROM notes"), Ct));
    }

    [Fact]
    public async Task Foreign_keys_are_enforced()
    {
        await using SqliteDatabase db = Open();

        await Assert.ThrowsAsync<SqliteException>(
            async () => await db.WriteAsync(s => s.Connection.Execute("INSERT INTO tags(note, tag) VALUES (7, 'x')"), Ct));
    }

    [Fact]
    public async Task Readers_beyond_the_limit_wait_their_turn()
    {
        await using SqliteDatabase db = Open(new SqliteOptions { MaxReaders = 1 });
        SqliteLease first = await db.RentReaderAsync(Ct);
        ValueTask<SqliteLease> second = db.RentReaderAsync(Ct);

        Assert.False(second.IsCompleted);
        first.Dispose();
        (await second).Dispose();
    }

    [Fact]
    public async Task A_consistent_read_sees_one_state()
    {
        await using SqliteDatabase db = Open();
        using SqliteLease reader = await db.RentReaderAsync(Ct);
        reader.Session.BeginRead();
        long before = reader.Session.Connection.ExecuteScalar<long>("SELECT count(*) FROM notes");
        await AddAsync(db, "a");

        Assert.Equal(before, reader.Session.Connection.ExecuteScalar<long>("SELECT count(*) FROM notes"));
    }

    [Fact]
    public async Task Many_writers_and_readers_at_once_lose_nothing()
    {
        await using SqliteDatabase db = Open(SqliteOptions.View);
        await Parallel.ForAsync(0, 200, Ct, async (i, ct) =>
        {
            await db.WriteAsync(s => s.Connection.Execute("INSERT INTO notes(text) VALUES (@i)", new { i = $"{i}" }), ct);
            Assert.True(await db.ReadAsync(s => s.Connection.ExecuteScalar<long>("SELECT count(*) FROM notes"), ct) > 0);
        });

        Assert.Equal(200, await CountAsync(db));
    }

    [Fact]
    public async Task A_prepared_statement_is_kept_and_takes_new_values()
    {
        await using SqliteDatabase db = Open();
        await db.WriteAsync(
            session =>
            {
                for (int i = 0; i < 3; i++)
                {
                    Assert.Equal(1, session.Prepared("INSERT INTO notes(id, text) VALUES ($1, $2)").Run(i, $"note {i}"));
                }

                return 0;
            },
            Ct);

        Assert.Equal(["note 0", "note 1", "note 2"], await db.ReadAsync(s => s.Connection.Query<string>("SELECT text FROM notes ORDER BY id").ToArray(), Ct));
    }

    [Fact]
    public async Task Migrations_are_applied_once_and_added_ones_later()
    {
        await using (SqliteDatabase db = Open(migrations: Schema[..1]))
        {
            await AddAsync(db, "old");
        }

        var upgrades = new List<(int From, int To)>();
        await using (SqliteDatabase db = Open(beforeMigration: (_, from, to) => upgrades.Add((from, to))))
        {
            Assert.Equal(1, await CountAsync(db));
        }

        await using (Open(beforeMigration: (_, from, to) => upgrades.Add((from, to))))
        {
            Assert.Equal([(1, 2)], upgrades);
        }
    }

    [Fact]
    public async Task A_newer_schema_is_refused_with_words()
    {
        await using (Open())
        {
        }

        var e = Assert.Throws<CatalogException>(() => Open(migrations: Schema[..1]));

        Assert.Equal("test.db has schema 2, this program knows up to 1: a newer Hutch wrote it. Start that version, or restore the copy that was made before the upgrade.", e.Message);
    }

    [Fact]
    public async Task A_migration_that_changed_after_it_was_applied_is_refused()
    {
        await using (Open())
        {
        }

        Migration[] changed = [Schema[0], Schema[1] with { Sql = Schema[1].Sql + " -- more" }];
        var e = Assert.Throws<CatalogException>(() => Open(migrations: changed));

        Assert.Contains("Migration 2 of test.db was applied as 'tags' with other statements", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_comment_of_a_migration_may_change_after_it_was_applied()
    {
        await using (Open())
        {
        }

        Migration[] reworded = [Schema[0], Schema[1] with { Sql = "-- Another sentence.\n" + Schema[1].Sql }];
        await using SqliteDatabase db = Open(migrations: reworded);

        Assert.Equal(0, await CountAsync(db));
    }

    [Fact]
    public async Task A_migration_whose_fingerprint_covers_its_comments_is_compared_by_its_name()
    {
        await using (SqliteDatabase db = Open())
        {
            string old = new('a', 64);
            await db.WriteAsync(s => s.Connection.Execute("UPDATE schema_version SET fingerprint = @old", new { old }), Ct);
        }

        await using (SqliteDatabase db = Open())
        {
            Assert.Equal(0, await CountAsync(db));
        }

        Migration[] another = [Schema[0], Schema[1] with { Name = "labels" }];
        var e = Assert.Throws<CatalogException>(() => Open(migrations: another));
        Assert.Contains("with other statements", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_the_schema_before_it()
    {
        Migration[] broken = [Schema[0], new(2, "broken", "CREATE TABLE half(id INTEGER); CREATE TABLE notes(id INTEGER);")];
        var e = Assert.Throws<CatalogException>(() => Open(migrations: broken));

        Assert.Contains("Migration 2 ('broken') of test.db failed and was undone", e.Message, StringComparison.Ordinal);
        await using SqliteDatabase db = Open(migrations: Schema[..1]);
        Assert.Equal(0, await db.ReadAsync(s => s.Connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_master WHERE name = 'half'"), Ct));
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_and_left_alone()
    {
        File.WriteAllText(_folder["test.db"], new string('x', 8192));

        var e = Assert.ThrowsAny<Exception>(() => Open());

        Assert.Contains("not a database", e.Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 8192), File.ReadAllText(_folder["test.db"]));
    }

    [Fact]
    public async Task A_database_of_another_kind_is_refused()
    {
        await using (Open(new SqliteOptions { ApplicationId = 7 }))
        {
        }

        var e = Assert.Throws<CatalogException>(() => Open(new SqliteOptions { ApplicationId = 8 }));

        Assert.Contains("another kind (application id 7, not 8)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_made_in_the_middle_of_writes_is_whole_and_of_one_state()
    {
        await using SqliteDatabase db = Open(SqliteOptions.View);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task writing = Task.Run(
            async () =>
            {
                for (int i = 0; !stop.IsCancellationRequested && i < 20_000; i++)
                {
                    // Two rows a transaction: a copy with an odd number would be torn.
                    await db.WriteAsync(s => s.Connection.Execute("INSERT INTO notes(text) VALUES ('a'), ('b')"), Ct);
                }
            },
            Ct);

        for (int copy = 0; copy < 5; copy++)
        {
            string target = _folder[$"copy{copy}.db"];
            await db.ReadAsync(
                s =>
                {
                    SqliteCopy.Write(s, target);
                    return 0;
                },
                Ct);
            using var connection = new SqliteConnection($"Data Source={target};Mode=ReadOnly;Pooling=False");
            Assert.Equal(0, connection.ExecuteScalar<long>("SELECT count(*) % 2 FROM notes"));
        }

        await stop.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task Damage_is_found_in_a_copy()
    {
        await using (SqliteDatabase db = Open())
        {
            await db.WriteAsync(s => s.Connection.Execute("INSERT INTO notes(text) VALUES (@text)", Enumerable.Range(0, 500).Select(i => new { text = $"note {i} " + new string('y', 100) })), Ct);
            Assert.Empty(await db.CheckIntegrityAsync(Ct));
        }

        byte[] bytes = await File.ReadAllBytesAsync(_folder["test.db"], Ct);
        bytes.AsSpan(5 * 4096, 4096).Fill(0xEE);
        await File.WriteAllBytesAsync(_folder["bad.db"], bytes, Ct);

        Assert.NotEmpty(SqliteCopy.Verify(_folder["bad.db"]));
        Assert.Empty(SqliteCopy.Verify(_folder["test.db"]));
    }

    private SqliteDatabase Open(SqliteOptions? options = null, Migration[]? migrations = null, Action<SqliteSession, int, int>? beforeMigration = null) =>
        SqliteDatabase.Open(_folder["test.db"], options ?? SqliteOptions.Durable, migrations ?? Schema, TimeProvider.System, beforeMigration);

    private static ValueTask<int> AddAsync(SqliteDatabase db, string text) =>
        db.WriteAsync(s => s.Connection.Execute("INSERT INTO notes(text) VALUES (@text)", new { text }), Ct);

    private static ValueTask<long> CountAsync(SqliteDatabase db) =>
        db.ReadAsync(s => s.Connection.ExecuteScalar<long>("SELECT count(*) FROM notes"), Ct);
}
