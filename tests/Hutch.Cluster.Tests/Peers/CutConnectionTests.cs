using System.Diagnostics;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Tests.Support;
using Hutch.Peers.Postgres;
using Hutch.Storage;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>Connections that break at each statement of an append: it is in the log once in the end, and whoever appended knows it.</summary>
public sealed class CutConnectionTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Places
    {
        get
        {
            var places = new TheoryData<string, string>();
            foreach (string statement in new[] { "BEGIN", "SELECT site, format", "SELECT number", "SELECT (extract", "INSERT", "UPDATE site_head", "COMMIT" })
            {
                foreach (Cut cut in new[] { Cut.Before, Cut.Within, Cut.After })
                {
                    places.Add(statement, cut.ToString());
                }
            }

            return places;
        }
    }

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync(server, Ct);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_connection_that_breaks_at_a_statement_costs_nothing_but_time(string statement, string cut)
    {
        (PostgresLog log, _) = await _database.OpenAsync(_database.ThroughProxy);
        (PostgresLog other, _) = await _database.OpenAsync();
        await log.AppendAsync(1, 1);
        await other.AppendAsync(2, 2);
        int cuts = 1;
        _database.Proxy.Decide = passing =>
            passing.StartsWith(statement, StringComparison.Ordinal) && Interlocked.Decrement(ref cuts) == 0 ? Enum.Parse<Cut>(cut) : Cut.None;

        long appended = await log.CommitAsync(1);

        Assert.True(cuts <= 0, $"'{statement}' was never sent.");
        Assert.Equal([1L, 2, appended], await other.LastNumbersAsync());
        await other.AppendAsync(appended + 1, appended + 1);
        await log.AppendAsync(appended + 2, appended + 2);
    }

    [Theory]
    [InlineData("Before")]
    [InlineData("Within")]
    [InlineData("After")]
    public async Task A_turn_that_cannot_be_given_back_is_given_up(string cut)
    {
        (PostgresLog log, _) = await _database.OpenAsync(_database.ThroughProxy);
        (PostgresLog other, _) = await _database.OpenAsync();
        _database.Proxy.Decide = passing => passing == "ROLLBACK" ? Enum.Parse<Cut>(cut) : Cut.None;
        ILogLock logLock = await log.AcquireAsync(0, Ct);

        await logLock.DisposeAsync();

        await other.AppendAsync(1, 1);
        await log.AppendAsync(2, 2);
    }

    [Fact]
    public async Task An_unplugged_server_gets_an_error_in_time_and_the_other_servers_continue()
    {
        (PostgresLog log, _) = await _database.OpenAsync(_database.ThroughProxy, new LogOptions { AnswerWithin = TimeSpan.FromSeconds(3) });
        (PostgresLog other, _) = await _database.OpenAsync();
        await log.AppendAsync(1, 1);
        ILogLock logLock = await log.AcquireAsync(1, Ct);
        _database.Proxy.Unplug();
        var waited = Stopwatch.StartNew();
        Task append = logLock.AppendAsync(TestGroups.From(2, 2), Ct).AsTask();

        await other.AppendAsync(2, 2);
        await Assert.ThrowsAsync<StorageUnknownOutcomeException>(() => append);
        await logLock.DisposeAsync();
        LogUnusableException refused = await Assert.ThrowsAsync<LogUnusableException>(() => log.AcquireAsync(1, Ct).AsTask());

        Assert.Contains("did not answer in time", refused.Message, StringComparison.Ordinal);
        Assert.True(waited.Elapsed < TimeSpan.FromMinutes(5), $"It took {waited.Elapsed}.");
        _database.Proxy.Plug();
        await using ILogLock next = await log.AcquireAsync(1, Ct);
        Assert.Equal(AppendOutcome.NotThere, next.LastAppend);
    }
}
