using Hutch.Catalog.Postgres;
using Hutch.Catalog.Sqlite;
using Hutch.Catalog.Zone;
using Hutch.Peers;
using Hutch.Peers.Postgres;
using Hutch.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Hutch.Catalog.Tests.Peers;

/// <summary>What is wrong with a database is said in words that tell the operator what to do; never a password.</summary>
public sealed class PostgresRefusalTests(PostgresServer server) : IDisposable
{
    private const string Right = "open-sesame";
    private const string Wrong = "close-sesame";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_wrong_password_is_refused_with_where_it_came_from_and_the_right_one_opens()
    {
        PostgresAddress address = await ForRoleAsync("wrong_password");

        string words = await RefusalAsync(address, File(Wrong));

        Assert.Equal(
            $"{address} refused the password of 'wrong_password', which came from the file '{_folder["password"]}'. Correct it there, "
            + "or set it anew with `ALTER ROLE`.",
            words);
        await (await OpenAsync(address, File(Right))).DisposeAsync();
    }

    [Fact]
    public async Task A_password_that_is_missing_is_asked_for()
    {
        PostgresAddress address = await ForRoleAsync("no_password");

        Assert.Contains("asks for a password", await RefusalAsync(address), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_password_is_read_again_for_each_new_connection()
    {
        PostgresAddress address = await ForRoleAsync("changed_password");
        await using ZoneDatabase zone = await OpenAsync(address, File(Right));
        await RunAsync($"ALTER ROLE changed_password PASSWORD '{Wrong}'");
        File(Wrong);
        await RunAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'changed_password'");

        Assert.False(await zone.HasUsersAsync(Ct));
    }

    [Fact]
    public async Task A_role_that_is_not_there_is_named()
    {
        PostgresAddress address = await AddressAsync() with { User = "nobody" };

        string words = await RefusalAsync(address);

        Assert.Contains("does not let 'nobody' in", words, StringComparison.Ordinal);
        Assert.Contains("Create that role", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_not_there_comes_with_the_command_that_makes_it()
    {
        PostgresAddress address = await AddressAsync() with { Database = "missing" };

        Assert.Contains("`createdb --encoding UTF8 --owner hutch missing`", await RefusalAsync(address), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unused_port_and_an_unknown_host_give_different_errors()
    {
        PostgresAddress address = await AddressAsync();

        Assert.StartsWith("Nothing answers at ", await RefusalAsync(address with { Port = LoopbackPort.FindFree() }), StringComparison.Ordinal);
        Assert.Contains("there is no host of the name 'db.invalid'", await RefusalAsync(address with { Host = "db.invalid" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_does_not_answer_is_given_up_after_seconds()
    {
        using var deaf = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        deaf.Start();
        int port = ((System.Net.IPEndPoint)deaf.LocalEndpoint).Port;

        string words = await RefusalAsync(await AddressAsync() with { Port = port }, options: Options with { ConnectSeconds = 1 });

        Assert.Contains("did not answer in time", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_encryption_is_refused_where_it_is_required()
    {
        string words = await RefusalAsync(await AddressAsync() with { Tls = PostgresTls.Require });

        Assert.Contains("does not encrypt connections", words, StringComparison.Ordinal);
        Assert.Contains("'sslmode=disable'", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_is_too_old_is_named_with_the_one_that_is_needed()
    {
        string words = await RefusalAsync(await AddressAsync(), options: Options with { OldestVersion = 99 });

        Assert.Matches("is PostgreSQL [0-9]+, and Hutch needs 99 or later: upgrade it", words);
    }

    [Fact]
    public async Task A_standby_is_refused_and_the_primary_asked_for()
    {
        PostgresAddress address = await AddressAsync();
        await using PostgresStandby standby = await PostgresStandby.StartAsync(server, Ct);

        string words = await RefusalAsync(PostgresAddress.Parse(standby.AddressOf(address.Database)).Value);

        Assert.Contains("is read-only: a standby", words, StringComparison.Ordinal);
        Assert.Contains("Give the address of the primary", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_of_connections_that_is_reached_says_how_many_are_needed()
    {
        PostgresAddress address = await ForRoleAsync("limited");
        await RunAsync("ALTER ROLE limited CONNECTION LIMIT 0");

        string words = await RefusalAsync(address, File(Right));

        Assert.Contains("has no connection left: too many connections for role \"limited\"", words, StringComparison.Ordinal);
        Assert.Contains("opens up to 40", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_may_not_make_tables_comes_with_the_statement_that_lets_it()
    {
        PostgresAddress address = await ForRoleAsync("powerless");
        await RunAsync($"REVOKE CREATE ON DATABASE {address.Database} FROM powerless");

        string words = await RefusalAsync(address, File(Right));

        Assert.Contains($"`GRANT CREATE ON DATABASE {address.Database} TO powerless`", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_another_encoding_is_refused()
    {
        await RunAsync("CREATE DATABASE latin ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0");

        string words = await RefusalAsync(await AddressAsync() with { Database = "latin" });

        Assert.Contains("has the encoding SQL_ASCII, and Hutch needs UTF8", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_before_the_first_start_leaves_an_empty_database()
    {
        PostgresAddress address = await AddressAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => ZoneDatabase.OpenAsync(
            new PostgresDatabase(address, PostgresPassword.From(null)), TimeProvider.System, NullLogger.Instance, () => throw new InvalidOperationException("no"), Ct));

        await using NpgsqlDataSource source = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={server.Port};Username={PostgresServer.User};Database={address.Database};Pooling=false");
        await using NpgsqlCommand count = source.CreateCommand($"SELECT count(*) FROM pg_namespace WHERE nspname = '{PostgresZone.Schema}'");
        Assert.Equal(0L, await count.ExecuteScalarAsync(Ct));
    }

    private static PostgresOptions Options => new() { Schema = PostgresZone.Schema };

    private static Task<ZoneDatabase> OpenAsync(PostgresAddress address, string? file = null, PostgresOptions? options = null) =>
        ZoneDatabase.OpenAsync(new PostgresDatabase(address, PostgresPassword.From(file)), options ?? Options, TimeProvider.System, NullLogger.Instance, null, Ct);

    private static async Task<string> RefusalAsync(PostgresAddress address, string? file = null, PostgresOptions? options = null)
    {
        CatalogException refusal = await Assert.ThrowsAsync<CatalogException>(() => OpenAsync(address, file, options));
        Assert.DoesNotContain("sesame", refusal.ToString(), StringComparison.Ordinal);
        return refusal.Message;
    }

    private string File(string password)
    {
        string path = _folder["password"];
        System.IO.File.WriteAllText(path, password + "\n");
#pragma warning disable CA1416 // These tests run on Linux.
        System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
#pragma warning restore CA1416
        return path;
    }

    private async Task<PostgresAddress> AddressAsync() => PostgresAddress.Parse(await server.CreateDatabaseAsync(Ct)).Value;

    /// <summary>A database of a new role, which needs the password.</summary>
    private async Task<PostgresAddress> ForRoleAsync(string role)
    {
        PostgresAddress address = await AddressAsync();
        await RunAsync($"CREATE ROLE {role} LOGIN PASSWORD '{Right}'");
        await RunAsync($"GRANT CREATE ON DATABASE {address.Database} TO {role}");
        string rules = await RunAsync("SHOW hba_file");
        string before = await System.IO.File.ReadAllTextAsync(rules, Ct);
        await System.IO.File.WriteAllTextAsync(rules, $"host all {role} 127.0.0.1/32 scram-sha-256\n{before}", Ct);
        await RunAsync("SELECT pg_reload_conf()::text");
        while (!await AsksForPasswordAsync(address, role))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), Ct);
        }

        return address with { User = role };
    }

    // PostgreSQL applies the new rules some time after the reload was requested.
    private static async Task<bool> AsksForPasswordAsync(PostgresAddress address, string role)
    {
        await using NpgsqlConnection connection = new($"Host=127.0.0.1;Port={address.Port};Username={role};Database={address.Database};Pooling=false");
        try
        {
            await connection.OpenAsync(Ct);
            return false;
        }
        catch (NpgsqlException)
        {
            return true;
        }
    }

    private async Task<string> RunAsync(string sql)
    {
        await server.StartAsync();
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={server.Port};Username={PostgresServer.User};Database=postgres;Pooling=false");
        await using NpgsqlCommand command = source.CreateCommand(sql);
        return (await command.ExecuteScalarAsync(Ct))?.ToString() ?? "";
    }
}
