using Hutch.Catalog.Postgres;
using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Peers.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Hutch.Catalog.Tests.Peers;

/// <summary>What becomes of changes whose connection, or whose server, is lost.</summary>
public sealed partial class PostgresZoneTests
{
    [Fact]
    public async Task A_change_whose_connection_is_ended_in_the_middle_is_made_again_and_once()
    {
        await using ZoneDatabase zone = await OpenAsync();
        await FillAsync(zone);
        long version = zone.Version;
        int begun = 0;

        Result<Done> answer = await zone.ChangeAsync<Done>(
            AuditActor.Server,
            change =>
            {
                Named(change, $"begun {++begun} times");
                return begun == 1 ? EndedIn(change) : Done.Value;
            },
            Ct);

        Assert.True(answer.IsOk, answer.Error?.Message);
        Assert.Equal((2, version + 1), (begun, zone.Version));
        Assert.Equal("begun 2 times", (await zone.ReadAsync(t => t.Principals.FindUser(Ada), Ct))?.DisplayName);
        Assert.Equal("begun 2 times", Assert.Single(await NotedAsync(zone)));
    }

    [Fact]
    public async Task A_change_whose_connection_is_ended_twice_is_refused_and_changed_nothing()
    {
        await using ZoneDatabase zone = await OpenAsync();
        await FillAsync(zone);
        long version = zone.Version;
        int begun = 0;

        Result<Done> answer = await zone.ChangeAsync<Done>(
            AuditActor.Server,
            change =>
            {
                begun++;
                Named(change, "never");
                return EndedIn(change);
            },
            Ct);

        Assert.Equal((ErrorCode.Unavailable, 2), (answer.Error?.Code, begun));
        Assert.Contains("was interrupted: nothing was changed", answer.Error!.Message, StringComparison.Ordinal);
        await zone.SyncViewAsync(Ct);
        Assert.Equal(version, zone.Version);
        Assert.Null((await zone.ReadAsync(t => t.Principals.FindUser(Ada), Ct))?.DisplayName);
        Assert.Empty(await NotedAsync(zone));
    }

    [Fact]
    public async Task Maintenance_whose_connection_is_ended_in_the_middle_is_done_again()
    {
        await using ZoneDatabase zone = await OpenAsync();
        await FillAsync(zone);
        int begun = 0;

        await zone.KeepAsync(tables => ++begun == 1 ? EndedIn(tables) : Done.Value, Ct);

        Assert.Equal(2, begun);
    }

    [Fact]
    public async Task A_commit_that_never_reached_the_database_is_made_again_and_once()
    {
        await using var proxy = new CuttingProxy(await AddressAsync());
        await using ZoneDatabase zone = await OpenAsync(proxy.Address);
        await FillAsync(zone);
        long version = zone.Version;
        proxy.CutAt("COMMIT\0", beforeServer: true);

        Result<Done> answer = await zone.ChangeAsync<Done>(AuditActor.Server, change => Named(change, "cut"), Ct);

        Assert.True(answer.IsOk, answer.Error?.Message);
        Assert.Equal((1, version + 1), (proxy.Cuts, zone.Version));
        Assert.Equal("cut", Assert.Single(await NotedAsync(zone)));
    }

    [Fact]
    public async Task Maintenance_whose_commit_was_lost_is_answered_as_unknown_and_not_done_again()
    {
        await using var proxy = new CuttingProxy(await AddressAsync());
        await using ZoneDatabase zone = await OpenAsync(proxy.Address);
        await FillAsync(zone);
        proxy.CutAt("COMMIT\0", beforeServer: false);
        int begun = 0;

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(async () => await zone.KeepAsync(_ => ++begun, Ct));

        Assert.Equal((ErrorCode.OutcomeUnknown, 1), (refusal.Error.Code, begun));
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_found_and_answered()
    {
        await using var proxy = new CuttingProxy(await AddressAsync());
        await using ZoneDatabase zone = await OpenAsync(proxy.Address);
        await FillAsync(zone);
        long version = zone.Version;
        proxy.CutAt("COMMIT\0", beforeServer: false);

        Result<Done> answer = await zone.ChangeAsync<Done>(AuditActor.Server, change => Named(change, "kept"), Ct);

        Assert.True(answer.IsOk, answer.Error?.Message);
        Assert.Equal((1, version + 1), (proxy.Cuts, zone.Version));
        Assert.Equal("kept", (await zone.ReadAsync(t => t.Principals.FindUser(Ada), Ct))?.DisplayName);
    }

    [Fact]
    public async Task A_commit_that_cannot_be_looked_up_is_answered_as_unknown()
    {
        await using var proxy = new CuttingProxy(await AddressAsync()) { StaysCut = true };
        await using ZoneDatabase zone = await ZoneDatabase.OpenAsync(
            new PostgresDatabase(proxy.Address, PostgresPassword.From(null)), new LeapingTime(), NullLogger.Instance, null, Ct);
        await FillAsync(zone);
        proxy.CutAt("COMMIT\0", beforeServer: false);
        int begun = 0;

        Result<Done> answer = await zone.ChangeAsync<Done>(AuditActor.Server, change => Named(change, $"who knows {++begun}"), Ct);

        Assert.Equal((ErrorCode.OutcomeUnknown, 1), (answer.Error?.Code, begun));
        Assert.Contains("wholly there or wholly not", answer.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_that_did_not_wait_for_its_standby_is_answered_as_unknown()
    {
        await using var own = new PostgresServer();
        PostgresAddress address = PostgresAddress.Parse(await own.CreateDatabaseAsync(Ct)).Value;
        await using ZoneDatabase zone = await OpenAsync(address);
        await FillAsync(zone);
        var standby = new MissingStandby(statement => Ask(statement), question => Ask(question) is true);
        await standby.RequireAsync(Ct);

        Task<Result<Done>> changing = zone.ChangeAsync<Done>(AuditActor.Server, change => Named(change, "here only"), Ct).AsTask();
        await standby.CancelWaitAsync(Ct);
        Result<Done> changed = await changing;
        Task<int> keeping = zone.KeepAsync(static tables => tables.Sessions.DeleteBefore(default), Ct).AsTask();
        await standby.CancelWaitAsync(Ct);
        HutchException kept = await Assert.ThrowsAsync<HutchException>(() => keeping);

        Assert.Equal(ErrorCode.OutcomeUnknown, changed.Error?.Code);
        Assert.Equal(ErrorCode.OutcomeUnknown, kept.Error.Code);
        standby.Remove();
        await ChangeAsync(zone, change => change.Principals.SetDisplayName(Ada, "everywhere"));

        object? Ask(string statement)
        {
            using var connection = new NpgsqlConnection(TextOf(address));
            connection.Open();
            using var command = new NpgsqlCommand(statement, connection);
            return command.ExecuteScalar();
        }
    }

    [Fact]
    public async Task A_server_that_has_become_a_standby_is_not_believed()
    {
        PostgresAddress address = await AddressAsync();
        await using var proxy = new CuttingProxy(address);
        await using ZoneDatabase zone = await OpenAsync(proxy.Address);
        await FillAsync(zone);
        await using PostgresStandby standby = await PostgresStandby.StartAsync(server, Ct);

        proxy.SwitchTo(PostgresAddress.Parse(standby.AddressOf(address.Database)).Value);
        HutchException refusal = await Assert.ThrowsAsync<HutchException>(async () => await zone.SyncViewAsync(Ct));
        Result<Done> change = await zone.ChangeAsync<Done>(AuditActor.Server, tables => Named(tables, "never"), Ct);
        proxy.SwitchTo(address);

        Assert.Contains("read-only standby", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.Unavailable, change.Error?.Code);
        Assert.Contains("The operator gives the address of the primary", change.Error!.Message, StringComparison.Ordinal);
        await ChangeAsync(zone, tables => tables.Principals.SetDisplayName(Ada, "again"));
    }

    [Fact]
    public async Task A_server_that_goes_silent_in_the_middle_of_a_change_is_put_out_others_go_on_and_it_begins_again_after_them()
    {
        await using ZoneDatabase silent = await OpenAsync(await AddressAsync(), silenceMilliseconds: 100);
        await using ZoneDatabase other = await OpenAsync();
        await FillAsync(other);
        using var done = new ManualResetEventSlim();
        using var begun = new SemaphoreSlim(0);

        Task<Result<Done>> stuck = Task.Run(() => silent.ChangeAsync<Done>(
            AuditActor.Server,
            change =>
            {
                Named(change, "after " + change.Principals.FindUser(Ada)!.DisplayName);
                begun.Release();
                done.Wait(Ct);
                return Done.Value;
            },
            Ct).AsTask());
        await begun.WaitAsync(Ct);
        await ChangeAsync(other, change => change.Principals.SetDisplayName(Ada, "other"));
        done.Set();

        Assert.True((await stuck).IsOk);
        Assert.Equal("after other", (await other.ReadAsync(t => t.Principals.FindUser(Ada), Ct))?.DisplayName);
    }

    [Fact]
    public async Task After_the_database_was_killed_and_started_again_reading_and_changing_go_on()
    {
        await using var own = new PostgresServer();
        await using ZoneDatabase zone = await OpenAsync(PostgresAddress.Parse(await own.CreateDatabaseAsync(Ct)).Value);
        await FillAsync(zone);

        await own.StopAsync(immediate: true);
        HutchException read = await Assert.ThrowsAsync<HutchException>(async () => await zone.ReadAsync(t => t.Principals.FindUser(Ada), Ct));
        HutchException asked = await Assert.ThrowsAsync<HutchException>(async () => await zone.SyncViewAsync(Ct));
        Result<Done> changed = await zone.ChangeAsync<Done>(AuditActor.Server, change => Named(change, "lost"), Ct);
        await own.StartAgainAsync(Ct);

        Assert.All((ErrorCode?[])[read.Error.Code, asked.Error.Code, changed.Error?.Code], code => Assert.Equal(ErrorCode.Unavailable, code));
        Assert.Null((await zone.ReadAsync(t => t.Principals.FindUser(Ada), Ct))?.DisplayName);
        await zone.SyncViewAsync(Ct);
        await ChangeAsync(zone, change => change.Principals.SetDisplayName(Ada, "again"));
    }

    /// <summary>Ends the connection of a turn, as PostgreSQL does with one that is silent for too long, and uses it once more.</summary>
    private Done EndedIn(ZoneTables tables)
    {
        using (var other = new NpgsqlConnection(TextOf(_address!)))
        {
            other.Open();
            using var end = new NpgsqlCommand(
                "SELECT count(pg_terminate_backend(pid, 30000)) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'", other);
            Assert.Equal(1L, end.ExecuteScalar());
        }

        tables.Principals.FindUser(Ada);
        return Done.Value;
    }

    private static async Task<string?[]> NotedAsync(ZoneDatabase zone) =>
        [.. (await zone.ReadAsync(t => t.Audit.List(new AuditSpan(), 1000), Ct)).Where(line => line is { Action: "test", Detail: not null }).Select(line => line.Detail)];

    /// <summary>A clock by which each moment is a minute after the one before.</summary>
    private sealed class LeapingTime : TimeProvider
    {
        private long _minutes;

        public override long GetTimestamp() => base.GetTimestamp() + (Interlocked.Increment(ref _minutes) * 60 * TimestampFrequency);
    }
}
