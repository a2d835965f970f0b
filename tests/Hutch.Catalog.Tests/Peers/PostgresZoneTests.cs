using System.Data.Common;
using Hutch.Catalog.Postgres;
using Hutch.Catalog.Sqlite;
using Hutch.Catalog.Tests.Zone;
using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Peers.Postgres;
using Hutch.Testing;
using Hutch.Testing.Clocks;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Hutch.Catalog.Tests.Peers;

/// <summary>The same in PostgreSQL, and what only several servers have: each other.</summary>
public sealed partial class PostgresZoneTests(PostgresServer server) : ZoneConformance
{
    private PostgresAddress? _address;

    protected override IReadOnlyList<string> WaysToChangeTheAudit =>
    [
        "UPDATE audit SET actor_name = 'somebody else'",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE sequence = 1",
        "TRUNCATE audit",
        "INSERT INTO audit(sequence, at_ms, action) OVERRIDING SYSTEM VALUE VALUES (1, 0, 'nothing') ON CONFLICT (sequence) DO UPDATE SET action = 'nothing'",
    ];

    [Fact]
    public async Task Every_column_is_the_same_as_in_the_file_and_text_is_ordered_by_bytes()
    {
        await using ZoneDatabase zone = await OpenAsync();
        using var folder = new TemporaryFolder();
        await using ZoneDatabase embedded = ZoneDatabase.Open(
            Disk.LocalDisk.Instance, folder.Path, TimeProvider.System,
            new ZoneCopies(Disk.LocalDisk.Instance, folder.Path, new ZoneCopyOptions(), TimeProvider.System));
        string[] inFile = await embedded.Database.ReadAsync(
            session => session.Select(
                """
                SELECT m.name || '.' || c.name || ' ' || c.type || ' ' || (c."notnull" OR c.pk > 0) FROM sqlite_master m, pragma_table_info(m.name) c
                WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'schema_version' ORDER BY 1
                """,
                rows => rows.Text(0)).ToArray(),
            Ct);

        string[] inPostgres = [.. await ListAsync(
            """
            SELECT table_name || '.' || column_name || ' '
                || CASE data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'bytea' THEN 'BLOB' WHEN 'text' THEN 'TEXT' ELSE data_type END
                || CASE WHEN data_type = 'text' AND collation_name IS DISTINCT FROM 'C' THEN ' in another order' ELSE '' END
                || CASE is_nullable WHEN 'NO' THEN ' 1' ELSE ' 0' END
            FROM information_schema.columns WHERE table_schema = 'hutch_zone' AND table_name <> 'schema_version'
            """)];

        Assert.Equal(inFile.Order(StringComparer.Ordinal), inPostgres.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Pages_of_names_go_on_where_they_stopped_whatever_the_language_of_the_database()
    {
        PostgresAddress address = await AddressAsync();
        await using (DbConnection connection = await ConnectAsync())
        {
            await using DbCommand make = connection.CreateCommand();
            make.CommandText = $"CREATE DATABASE {address.Database}_en TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en'";
            await make.ExecuteNonQueryAsync(Ct);
        }

        await using ZoneDatabase zone = await OpenAsync(address with { Database = address.Database + "_en" });
        await FillAsync(zone);
        string[] slugs = ["ab", "a-b", "a.b", "a_b", "a0", "aa", "b", "a-", "a.0"];
        await ChangeAsync(zone, change => Assert.All(slugs, (slug, i) => Assert.True(change.Names.Reserve(
            new DatasetId(new Guid(i + 1, 0, 0, new byte[8])), change.Principals.Find("ada")!, slug, Visibility.Private).IsOk)));

        List<string> listed = [];
        while (true)
        {
            var query = new VisibleNames { Principals = [Ada], Limit = 2, After = listed.Count == 0 ? null : ("ada", listed[^1]) };
            IReadOnlyList<NameRecord> page = await zone.ReadAsync(t => t.Names.ListVisible(query), Ct);
            listed.AddRange(page.Select(name => name.Slug));
            if (page.Count < 2)
            {
                break;
            }
        }

        Assert.Equal(slugs.Append("data").Order(StringComparer.Ordinal), listed);
    }

    [Fact]
    public async Task A_server_knows_of_the_change_of_another_one_when_it_asks()
    {
        await using ZoneDatabase one = await OpenAsync();
        await using ZoneDatabase two = await OpenAsync();
        Assert.Equal(one.Id, two.Id);

        for (int i = 0; i < 20; i++)
        {
            await (i == 0 ? FillAsync(one) : ChangeAsync(one, change => change.Principals.SetDisplayName(Ada, $"{i}")));
            await two.SyncViewAsync(Ct);

            Assert.Equal(one.Version, two.Version);
        }
    }

    [Fact]
    public async Task A_request_reuses_the_zone_version_for_one_second_and_calls_outside_a_request_check_it_each_time()
    {
        var time = new StandingTime();
        await using ZoneDatabase one = await OpenAsync();
        await using ZoneDatabase two = await OpenAsync(time);
        await FillAsync(one);
        using (two.BeginRequest())
        {
            await two.SyncViewAsync(Ct);
            Assert.Equal(one.Version, two.Version);
            Assert.True(two.SyncViewAsync(Ct).AsTask().IsCompletedSuccessfully);

            await ChangeAsync(one, change => change.Principals.SetDisplayName(Ada, "within the request"));
            time.Advance(TimeSpan.FromSeconds(1));
            await two.SyncViewAsync(Ct);
            Assert.Equal(one.Version, two.Version);
        }

        await ChangeAsync(one, change => change.Principals.SetDisplayName(Ada, "after it"));
        await two.SyncViewAsync(Ct);
        Assert.Equal(one.Version, two.Version);
    }

    [Fact]
    public async Task What_a_request_leaves_behind_asks_for_itself()
    {
        await using ZoneDatabase one = await OpenAsync();
        await using ZoneDatabase two = await OpenAsync();
        await FillAsync(one);
        var changed = new TaskCompletionSource();
        Task leftBehind;
        using (two.BeginRequest())
        {
            await two.SyncViewAsync(Ct);
            leftBehind = Task.Run(async () =>
            {
                await changed.Task;
                await two.SyncViewAsync(Ct);
            });
        }

        await ChangeAsync(one, change => change.Principals.SetDisplayName(Ada, "after the request"));
        changed.SetResult();
        await leftBehind;
        Assert.Equal(one.Version, two.Version);
    }

    [Fact]
    public async Task A_wait_for_a_change_ends_with_a_change_of_another_server()
    {
        await using ZoneDatabase one = await OpenAsync();
        await using ZoneDatabase two = await OpenAsync();
        Task changed = two.WaitForChangeAsync(two.Version, Ct);
        Assert.False(changed.IsCompleted);

        await FillAsync(one);

        await changed.WaitAsync(TimeSpan.FromMinutes(5), Ct);
        Assert.Equal(one.Version, two.Version);
    }

    [Fact]
    public async Task A_wait_for_a_change_ends_also_after_the_listening_connection_was_lost()
    {
        await using ZoneDatabase one = await OpenAsync();
        await using ZoneDatabase two = await OpenAsync();
        await ExecuteAsync(
            one,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        Task changed = two.WaitForChangeAsync(two.Version, Ct);

        await FillAsync(one);

        await changed.WaitAsync(TimeSpan.FromMinutes(5), Ct);
        Assert.Equal(one.Version, two.Version);
    }

    [Fact]
    public async Task Of_two_servers_that_give_the_same_name_one_is_refused()
    {
        await using ZoneDatabase one = await OpenAsync();
        await using ZoneDatabase two = await OpenAsync();
        await FillAsync(one);

        for (int i = 0; i < 20; i++)
        {
            string slug = $"race-{i}";
            Result<NameRecord>[] answers = await Task.WhenAll(new[] { one, two, one, two }.Select((zone, n) => Task.Run(() => zone.ChangeAsync(
                AuditActor.Server,
                change =>
                {
                    change.AddAudit("test", slug);
                    return change.Names.Reserve(new DatasetId(new Guid(i, (short)n, 1, new byte[8])), change.Principals.Find("ada")!, slug, Visibility.Private);
                },
                Ct).AsTask())));

            Assert.Single(answers, answer => answer.IsOk);
            Assert.All(answers.Where(answer => !answer.IsOk), answer => Assert.Equal(ErrorCode.AlreadyExists, answer.Error?.Code));
        }
    }

    [Fact]
    public async Task The_lines_of_the_audit_become_visible_in_their_order_and_none_is_passed_over()
    {
        await using ZoneDatabase one = await OpenAsync();
        await using ZoneDatabase two = await OpenAsync();
        await using ZoneDatabase reader = await OpenAsync();
        const int Each = 100;
        async Task WriteAsync(ZoneDatabase zone, string who)
        {
            for (int i = 0; i < Each; i++)
            {
                await (i % 3 == 0
                    ? zone.AuditAsync(AuditActor.Server, "test", who, $"{i}", Ct).AsTask()
                    : zone.ChangeAsync<Done>(AuditActor.Server, change => Noted(change, who, i), Ct).AsTask());
            }
        }

        Task writing = Task.WhenAll(Task.Run(() => WriteAsync(one, "one")), Task.Run(() => WriteAsync(two, "two")));
        List<AuditRecord> followed = [];
        while (followed.Count < 2 * Each)
        {
            bool wasOver = writing.IsCompleted;
            IReadOnlyList<AuditRecord> some = await reader.ReadAsync(
                t => t.Audit.List(new AuditSpan { After = followed.Count == 0 ? 0 : followed[^1].Sequence }, 1000), Ct);
            followed.AddRange(some);
            Assert.False(wasOver && some.Count == 0, $"only {followed.Count} lines were seen");
        }

        await writing;
        foreach (string who in (string[])["one", "two"])
        {
            Assert.Equal(Enumerable.Range(0, Each).Select(i => $"{i}"), followed.Where(line => line.Target == who).Select(line => line.Detail));
        }
    }

    [Fact]
    public async Task Servers_that_start_at_the_same_time_on_an_empty_database_make_one_zone()
    {
        PostgresAddress address = await AddressAsync();

        ZoneDatabase[] zones = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => OpenAsync(address))));

        Assert.Single(zones.Select(zone => zone.Id).Distinct());
        Assert.Matches("^[0-9a-f]{16}$", zones[0].Id);
        foreach (ZoneDatabase zone in zones)
        {
            await zone.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_schema_of_a_newer_program_is_refused_in_words()
    {
        await using (ZoneDatabase zone = await OpenAsync())
        {
            await ExecuteAsync(zone, "INSERT INTO schema_version(number, name, fingerprint, applied_ms) SELECT max(number) + 1, 'x', 'x', 0 FROM schema_version");
        }

        CatalogException refusal = await Assert.ThrowsAsync<CatalogException>(() => OpenAsync());

        Assert.Contains("a newer Hutch wrote it", refusal.Message, StringComparison.Ordinal);
    }

    private protected override async Task<ZoneDatabase> OpenAsync(TimeProvider? time = null) =>
        await ZoneDatabase.OpenAsync(
            new PostgresDatabase(await AddressAsync(), PostgresPassword.From(null)), time ?? TimeProvider.System, NullLogger.Instance, null, Ct);

    private protected override async Task ExecuteAsync(ZoneDatabase zone, string sql)
    {
        await using DbConnection connection = await ConnectAsync();
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Ct);
    }

    private static Task<ZoneDatabase> OpenAsync(PostgresAddress address, int silenceMilliseconds = 2000) => ZoneDatabase.OpenAsync(
        new PostgresDatabase(address, PostgresPassword.From(null)), new PostgresOptions { Schema = PostgresZone.Schema, SilenceMilliseconds = silenceMilliseconds },
        TimeProvider.System, NullLogger.Instance, null, Ct);

    private static Result<Done> Noted(ZoneChange change, string who, int number)
    {
        change.AddAudit("test", who, $"{number}");
        return Done.Value;
    }

    private static Result<Done> Named(ZoneChange change, string name)
    {
        change.Principals.SetDisplayName(Ada, name);
        change.AddAudit("test", null, name);
        return Done.Value;
    }

    private async Task<PostgresAddress> AddressAsync() =>
        _address ??= PostgresAddress.Parse(await server.CreateDatabaseAsync(Ct)).Value;

    private async Task<List<string>> ListAsync(string sql)
    {
        await using DbConnection connection = await ConnectAsync();
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        await using DbDataReader reader = await command.ExecuteReaderAsync(Ct);
        List<string> all = [];
        while (await reader.ReadAsync(Ct))
        {
            all.Add(reader.GetString(0));
        }

        return all;
    }

    private static string TextOf(PostgresAddress address) =>
        $"Host={address.Host};Port={address.Port};Username={address.User};Database={address.Database};Search Path={PostgresZone.Schema};Pooling=false";

    private async Task<DbConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(TextOf(await AddressAsync()));
        await connection.OpenAsync(Ct);
        return connection;
    }
}
