using Hutch.Cluster.Journal;
using Hutch.Cluster.Servers;
using Hutch.Cluster.Tests.Support;
using Hutch.Peers.Postgres;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>How far queues have been read is known to all servers.</summary>
public sealed class LogCursorTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private LogCursors _a = null!;
    private LogCursors _b = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(server, Ct);
        _a = await OpenAsync();
        _b = await OpenAsync();
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_server_continues_from_the_position_that_another_server_saved()
    {
        Assert.Null(await _b.LoadAsync("runs", Ct));
        await _a.SaveAsync("runs", 7, Ct);
        Assert.Equal(7, await _b.LoadAsync("runs", Ct));
        await _b.DeleteAsync("runs", Ct);
        Assert.Null(await _a.LoadAsync("runs", Ct));
    }

    [Fact]
    public async Task A_queue_begins_where_the_first_of_two_servers_began_it()
    {
        Assert.Equal(7, await _a.BeginAsync("runs", 7, Ct));
        Assert.Equal(7, await _b.BeginAsync("runs", 9, Ct));
        Assert.Equal(7, await _b.LoadAsync("runs", Ct));
    }

    [Fact]
    public async Task A_server_that_was_slow_to_notice_that_another_one_reads_takes_it_back_nowhere()
    {
        await _a.SaveAsync("runs", 7, Ct);
        await _b.SaveAsync("runs", 9, Ct);
        await _a.SaveAsync("runs", 8, Ct);

        Assert.Equal(9, await _b.LoadAsync("runs", Ct));
    }

    [Fact]
    public async Task Saving_a_position_without_a_connection_does_not_fail_and_loading_one_waits()
    {
        LogCursors cut = await OpenAsync(throughProxy: true);
        await cut.SaveAsync("runs", 7, Ct);
        _database.Proxy.Decide = static _ => Cut.Before;

        await cut.SaveAsync("runs", 8, Ct);
        Task<long?> asked = cut.LoadAsync("runs", Ct).AsTask();
        _database.Proxy.Decide = static _ => Cut.None;

        Assert.Equal(7, await asked);
    }

    private async Task<LogCursors> OpenAsync(bool throughProxy = false)
    {
        (_, LogConnections connections) = await _database.OpenServerAsync(
            new ServerIdentity(Guid.NewGuid(), "test"), throughProxy ? _database.ThroughProxy : _database.Place);
        return new LogCursors(connections, TimeProvider.System);
    }
}
