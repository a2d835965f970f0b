using System.Text;
using Hutch.Catalog.Postgres;
using Hutch.Catalog.Sqlite;
using Hutch.Cluster.Bytes;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Peers.Postgres;
using Hutch.Storage;
using Npgsql;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>What only a log that several servers share does, and what it refuses.</summary>
public sealed class PostgresLogTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync(server, Ct);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task The_turn_brings_what_others_appended_and_keeps_them_from_appending()
    {
        (PostgresLog log, _) = await _database.OpenAsync();
        (PostgresLog other, _) = await _database.OpenAsync();
        await log.AppendAsync(1, 2);
        ILogLock logLock = await other.AcquireAsync(0, Ct);
        Task appending = log.AppendAsync(3, 3);

        Assert.Equal(2, Assert.Single(logLock.Missed).LastSequence);
        await Task.Delay(100, Ct);
        Assert.False(appending.IsCompleted);

        await logLock.DisposeAsync();
        await appending;
        Assert.Equal([2L, 3], await other.LastNumbersAsync());
    }

    [Fact]
    public async Task Missed_rows_are_found_by_their_numbers_also_while_PostgreSQL_knows_nothing_of_the_table()
    {
        (PostgresLog log, LogConnections connections) = await _database.OpenServerAsync(new ServerIdentity(Guid.NewGuid(), "test"));
        await log.AppendAsync(1, 1);
        await using NpgsqlConnection connection = await connections.OpenAsync(Ct);
        await using var prepare = new NpgsqlCommand($"PREPARE missed(bigint) AS {StoredRow.After}", connection);
        await prepare.ExecuteNonQueryAsync(Ct);
        await using var explain = new NpgsqlCommand("EXPLAIN (COSTS OFF) EXECUTE missed(1)", connection);
        await using NpgsqlDataReader reader = await explain.ExecuteReaderAsync(Ct);
        await reader.ReadAsync(Ct);

        Assert.Equal("Index Scan using site_log_pkey on site_log", reader.GetString(0));
    }

    [Theory]
    [InlineData("CREATE SEQUENCE site_pack", (int)Cut.Before)]
    [InlineData("CREATE SEQUENCE site_pack", (int)Cut.After)]
    [InlineData("COMMIT", (int)Cut.Before)]
    [InlineData("COMMIT", (int)Cut.After)]
    public async Task A_set_up_that_is_interrupted_is_begun_again(string at, int where)
    {
        int interrupted = 0;
        _database.Proxy.Decide = statement =>
            statement == at && Interlocked.Increment(ref interrupted) == 1 ? (Cut)where : Cut.None;

        (PostgresLog log, _) = await _database.OpenAsync(_database.ThroughProxy);

        Assert.True(interrupted > 0);
        Assert.Equal(log.Site, _database.Ask<Guid>("SELECT site FROM site_head"));
        await log.AppendAsync(1, 1);
    }

    [Fact]
    public async Task A_set_up_that_is_interrupted_twice_leaves_the_database_empty()
    {
        int interrupted = 0;
        _database.Proxy.Decide = statement =>
            statement == "COMMIT" && Interlocked.Increment(ref interrupted) > 0 ? Cut.Before : Cut.None;

        await Assert.ThrowsAsync<LogUnusableException>(() => _database.OpenAsync(_database.ThroughProxy));

        Assert.Equal(2, interrupted);
        Assert.False(_database.Ask<bool>("SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'site_head')"));
    }

    [Fact]
    public async Task A_waiting_reader_is_notified_of_records_that_others_append()
    {
        (PostgresLog log, _) = await _database.OpenAsync();
        (PostgresLog other, _) = await _database.OpenAsync(options: new LogOptions { PollEvery = TimeSpan.FromMinutes(5) });
        await log.AppendAsync(1, 1);
        await other.WaitForMoreAsync(0, Ct);
        Task waiting = other.WaitForMoreAsync(1, Ct).AsTask();
        await Task.Delay(100, Ct);
        Assert.False(waiting.IsCompleted);

        await log.AppendAsync(2, 2);

        await waiting.WaitAsync(TimeSpan.FromMinutes(5), Ct);
    }

    [Fact]
    public async Task A_lost_notification_costs_no_more_than_the_next_look()
    {
        (PostgresLog log, _) = await _database.OpenAsync();
        (PostgresLog other, _) = await _database.OpenAsync(options: new LogOptions { PollEvery = TimeSpan.FromMilliseconds(50) });
        await log.AppendAsync(1, 1);
        await other.WaitForMoreAsync(0, Ct);

        _database.Run("UPDATE site_head SET last_sequence = 5");

        await other.WaitForMoreAsync(4, Ct).AsTask().WaitAsync(TimeSpan.FromMinutes(5), Ct);
    }

    [Fact]
    public async Task A_servers_own_appends_do_not_wake_its_waiting_readers()
    {
        (PostgresLog log, _) = await _database.OpenAsync();
        await log.AppendAsync(1, 1);
        Task waiting = log.WaitForMoreAsync(1, Ct).AsTask();

        await log.AppendAsync(2, 2);

        await Task.Delay(300, Ct);
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task Members_of_others_are_found_once_their_rows_are_read()
    {
        (PostgresLog log, _) = await _database.OpenAsync();
        (PostgresLog other, ObjectBytes bytes) = await _database.OpenAsync();
        byte[][] bodies = [.. Enumerable.Range(1, 5).Select(static i => Encoding.UTF8.GetBytes(new string((char)('a' + i), 3000 * i)))];
        LogGroup group = TestGroups.From(1, 1);
        foreach (byte[] body in bodies)
        {
            group.Add(body.Length > 9000 ? Lane.Until(new DateOnly(2026, 12, 1)) : Lane.Main, MemberKey.Blob(BlobHash.Compute(body)), body);
        }

        await using (ILogLock logLock = await log.AcquireAsync(0, Ct))
        {
            await logLock.AppendAsync(group, Ct);
        }

        Assert.Equal([1L], await other.LastNumbersAsync());
        foreach (byte[] body in bodies)
        {
            Assert.True(bytes.TryLocate(MemberKey.Blob(BlobHash.Compute(body)), out MemberLocation location));
            Assert.Equal(body.Length > 9000, location.IsTransient);
            var read = new byte[location.Length];
            await bytes.ReadVerifiedAsync(location, read, inPassing: false, Ct);
            Assert.Equal(body, read);
        }
    }

    [Fact]
    public async Task The_time_of_a_turn_is_the_databases_and_never_before_that_of_the_last_append()
    {
        (PostgresLog log, _) = await _database.OpenAsync();
        await log.AppendAsync(1, 1);
        long ahead = DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds();
        _database.Run($"UPDATE site_head SET time_ms = {ahead}");

        await using ILogLock logLock = await log.AcquireAsync(1, Ct);

        Assert.Equal(ahead, logLock.Now);
    }

    [Fact]
    public async Task A_commit_waits_for_the_disk_also_where_the_operator_turned_that_off()
    {
        _database.Run($"ALTER DATABASE {_database.Place.Address.Database} SET synchronous_commit = off");
        (PostgresLog log, _) = await _database.OpenAsync();
        _database.Run(
            """
            CREATE TABLE seen (setting text);
            CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$;
            CREATE TRIGGER see BEFORE INSERT ON site_log FOR EACH ROW EXECUTE FUNCTION see();
            """);

        await log.AppendAsync(1, 1);

        Assert.Equal("on", _database.Ask<string>("SELECT setting FROM seen"));
    }

    [Fact]
    public async Task A_server_that_stalls_with_the_lock_loses_it_and_its_later_append_does_not_take_effect()
    {
        (PostgresLog log, _) = await _database.OpenAsync();
        (PostgresLog other, _) = await _database.OpenAsync();
        ILogLock stalled = await log.AcquireAsync(0, Ct);

        // Both: within the ten seconds that the other one waits, and without anybody's help.
        await other.AppendAsync(1, 1);

        await Assert.ThrowsAnyAsync<StorageUnknownOutcomeException>(() => stalled.AppendAsync(TestGroups.From(1, 1), Ct).AsTask());
        await stalled.DisposeAsync();
        await using ILogLock logLock = await log.AcquireAsync(0, Ct);
        Assert.Equal(AppendOutcome.NotThere, logLock.LastAppend);
        Assert.Equal(1, Assert.Single(logLock.Missed).LastSequence);
    }

    [Fact]
    public async Task A_database_that_went_back_in_time_is_noticed_and_nothing_more_is_written()
    {
        (PostgresLog log, _) = await _database.OpenAsync();
        await log.AppendAsync(1, 1);
        await log.AppendAsync(2, 2);
        _database.Run("DELETE FROM site_log WHERE number = 2");
        _database.Run("UPDATE site_head SET last_row = 1, last_sequence = 1, last_id = (SELECT id FROM site_log WHERE number = 1)");

        LogWentBackException refused = await Assert.ThrowsAsync<LogWentBackException>(() => log.AppendAsync(3, 3));

        Assert.Contains("went back in time: row 2", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(log.Failure);
        await Assert.ThrowsAsync<LogWentBackException>(() => log.AppendAsync(3, 3));
    }

    [Fact]
    public async Task A_database_that_went_back_and_on_another_way_is_noticed_too()
    {
        (PostgresLog log, _) = await _database.OpenAsync();
        (PostgresLog other, _) = await _database.OpenAsync();
        await log.AppendAsync(1, 1);
        await log.AppendAsync(2, 2);
        _database.Run("DELETE FROM site_log WHERE number = 2");
        _database.Run("UPDATE site_head SET last_row = 1, last_sequence = 1, last_id = (SELECT id FROM site_log WHERE number = 1)");
        await other.AppendAsync(2, 2);
        await other.AppendAsync(3, 3);

        await Assert.ThrowsAsync<LogWentBackException>(() => log.AppendAsync(4, 4));
    }

    [Fact]
    public async Task The_log_of_another_site_is_refused()
    {
        await _database.OpenAsync();
        Guid mine = Guid.NewGuid();

        LogUnusableException refused = await Assert.ThrowsAsync<LogUnusableException>(() => _database.OpenAsync(site: mine));

        Assert.Contains($"this data folder belongs to site {mine}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_format_is_refused_at_the_start_and_in_every_turn()
    {
        (PostgresLog log, _) = await _database.OpenAsync();
        _database.Run("UPDATE site_head SET format = format + 1");

        LogUnusableException atTurn = await Assert.ThrowsAsync<LogUnusableException>(() => log.AppendAsync(1, 1));
        LogUnusableException atStart = await Assert.ThrowsAsync<LogUnusableException>(() => _database.OpenAsync());

        Assert.Contains($"has format {LogSchema.Format + 1}, this program knows {LogSchema.Format}", atTurn.Message, StringComparison.Ordinal);
        Assert.Equal(atTurn.Message, atStart.Message);
    }

    [Fact]
    public async Task A_read_only_database_is_refused()
    {
        (PostgresLog log, _) = await _database.OpenAsync(options: new LogOptions { AnswerWithin = TimeSpan.FromSeconds(1) });
        _database.Run("CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader");
        (PostgresLog reading, _) = await _database.OpenAsync(_database.As("reader"));

        LogUnusableException refused = await Assert.ThrowsAsync<LogUnusableException>(() => reading.AppendAsync(1, 1));

        Assert.Contains("the owner of the database and of its tables", refused.Message, StringComparison.Ordinal);
        await log.AppendAsync(1, 1);
    }

    [Fact]
    public async Task A_login_that_PostgreSQL_refuses_is_reported_with_the_name_of_the_role()
    {
        LogUnusableException refused = await Assert.ThrowsAsync<LogUnusableException>(() => _database.OpenAsync(_database.As("nobody")));

        Assert.Contains("does not let 'nobody' in", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unreadable_password_file_is_reported_before_any_connection()
    {
        CatalogException refused = Assert.Throws<CatalogException>(
            () => new LogConnections(_database.Place with { Password = PostgresPassword.From("/nowhere/password") }, new LogOptions()));

        Assert.Contains("/nowhere/password", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Servers_that_start_at_once_over_an_empty_database_agree_on_the_site()
    {
        (PostgresLog Log, ObjectBytes)[] opened = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _database.OpenAsync()));

        Assert.Single(opened.Select(static one => one.Log.Site).Distinct());
    }
}
