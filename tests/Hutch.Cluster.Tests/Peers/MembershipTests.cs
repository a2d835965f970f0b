using System.Diagnostics;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Servers;
using Hutch.Cluster.Tests.Support;
using Hutch.Peers.Postgres;
using Hutch.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>Servers know of each other, and who is out or was replaced commits nothing.</summary>
public sealed class MembershipTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly ServerOptions Quick = new()
    {
        BeatEvery = TimeSpan.FromMilliseconds(50),
        SilentAfter = TimeSpan.FromSeconds(1),
    };

    private TestDatabase _database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync(server, Ct);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_server_says_how_far_it_is_and_is_gone_from_the_list_when_it_leaves()
    {
        (PostgresLog log, LogConnections connections, ServerIdentity identity) = await OpenAsync("one");
        await log.AppendAsync(1, 1);
        Membership one = await JoinAsync(log, connections, identity, Quick);
        await UntilAsync("SELECT applied_row = 1 FROM site_server");

        RunningServer listed = Assert.Single(await one.ListAsync(Ct));
        Assert.Equal(("one", one.Epoch, new ServerProgress(1, 7)), (listed.Name, listed.Epoch, listed.Progress));

        await one.DisposeAsync();
        Assert.Equal(0, _database.Ask<long>("SELECT count(*) FROM site_server"));
    }

    [Fact]
    public async Task A_server_that_was_started_again_ends_its_earlier_life()
    {
        (PostgresLog log, LogConnections connections, ServerIdentity identity) = await OpenAsync("one");
        (PostgresLog again, LogConnections others, _) = await OpenAsync("one", identity);
        await using Membership first = await JoinAsync(log, connections, identity, new ServerOptions());
        await log.AppendAsync(1, 1);
        await using Membership second = await JoinAsync(again, others, identity, new ServerOptions());

        LogUnusableException refused = await Assert.ThrowsAsync<LogUnusableException>(() => log.AppendAsync(2, 2));

        Assert.Contains("no longer one of the site's", refused.Message, StringComparison.Ordinal);
        await again.AppendAsync(2, 2);
        Assert.True(second.Epoch > first.Epoch);
    }

    [Fact]
    public async Task A_turn_that_was_taken_before_the_epoch_changed_comes_before_the_change()
    {
        (PostgresLog log, LogConnections connections, ServerIdentity identity) = await OpenAsync("one");
        (PostgresLog again, LogConnections others, _) = await OpenAsync("one", identity);
        await using Membership first = await JoinAsync(log, connections, identity, new ServerOptions());
        ILogLock logLock = await log.AcquireAsync(0, Ct);
        Task<Membership> joining = JoinAsync(again, others, identity, new ServerOptions());

        await logLock.AppendAsync(TestGroups.From(1, 1), Ct);
        await logLock.DisposeAsync();

        await using Membership second = await joining;
        await using ILogLock next = await again.AcquireAsync(0, Ct);
        Assert.Single(next.Missed);
    }

    [Fact]
    public async Task A_server_that_is_silent_for_too_long_is_put_out_by_the_others()
    {
        (PostgresLog silent, LogConnections connections, ServerIdentity identity) = await OpenAsync("silent");
        (PostgresLog log, LogConnections others, ServerIdentity other) = await OpenAsync("other");
        await using Membership quiet = await JoinAsync(silent, connections, identity, new ServerOptions { BeatEvery = TimeSpan.FromHours(1) });
        await using Membership beating = await JoinAsync(log, others, other, Quick);

        await UntilAsync("SELECT count(*) = 1 FROM site_server");

        await Assert.ThrowsAsync<LogUnusableException>(() => silent.AppendAsync(1, 1));
        await log.AppendAsync(1, 1);
    }

    private static Task<Membership> JoinAsync(PostgresLog log, LogConnections connections, ServerIdentity identity, ServerOptions options) =>
        Membership.JoinAsync(
            connections, log, identity, options, () => new ServerProgress(log.Applied.Number, 7), TimeProvider.System, NullLogger.Instance, Ct);

    private async Task<(PostgresLog Log, LogConnections Connections, ServerIdentity Server)> OpenAsync(string name, ServerIdentity? identity = null)
    {
        identity ??= new ServerIdentity(Guid.NewGuid(), name);
        (PostgresLog log, LogConnections connections) = await _database.OpenServerAsync(identity);
        return (log, connections, identity);
    }

    private async Task UntilAsync(string question)
    {
        var waited = Stopwatch.StartNew();
        while (!_database.Ask<bool>(question))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(5), $"It did not come true: {question}");
            await Task.Delay(20, Ct);
        }
    }
}
