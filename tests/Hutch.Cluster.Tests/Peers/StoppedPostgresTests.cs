using Hutch.Cluster.Bytes;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Servers;
using Hutch.Cluster.Tests.Support;
using Hutch.Peers.Postgres;
using Hutch.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>PostgreSQL is stopped at once while servers write, or its settings are changed: on a server of these tests' own.</summary>
public sealed class StoppedPostgresTests : IAsyncLifetime
{
    private readonly PostgresServer _server = new();
    private TestDatabase _database = null!;
    private MissingStandby _standby = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(_server, Ct);
        _standby = new MissingStandby(_database.Run, _database.Ask<bool>);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Without_PostgreSQL_a_turn_is_refused_in_words_and_taken_when_it_is_back()
    {
        (PostgresLog log, _) = await _database.OpenAsync(options: new LogOptions { AnswerWithin = TimeSpan.FromSeconds(1) });
        await log.AppendAsync(1, 1);
        await _server.StopAsync(immediate: true);

        LogUnusableException refused = await Assert.ThrowsAsync<LogUnusableException>(() => log.AcquireAsync(1, Ct).AsTask());

        Assert.Contains("Nothing answers at ", refused.Message, StringComparison.Ordinal);
        await _server.StartAgainAsync(Ct);
        await log.AppendAsync(2, 2);
        Assert.Equal([1L, 2], await ReadAsync(log));
    }

    /// <summary>Reads as the server does: again when it meets a connection of before the stop.</summary>
    private static async Task<List<long>> ReadAsync(PostgresLog log)
    {
        while (true)
        {
            try
            {
                return await log.LastNumbersAsync();
            }
            catch (NpgsqlException e) when (e.IsTransient)
            {
                NpgsqlConnection.ClearAllPools();
            }
        }
    }

    [Fact]
    public async Task What_was_acknowledged_outlives_stops_at_any_moment()
    {
        (PostgresLog a, _) = await _database.OpenAsync();
        (PostgresLog b, _) = await _database.OpenAsync();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task<List<long>>[] writing = [WriteAsync(a, enough.Token), WriteAsync(b, enough.Token)];
        var random = new Random(1);
        for (int i = 0; i < 4; i++)
        {
            await Task.Delay(random.Next(100, 400), Ct);
            await _server.StopAsync(immediate: true);
            await _server.StartAgainAsync(Ct);
        }

        await Task.Delay(200, Ct);
        await enough.CancelAsync();

        long[] acknowledged = [.. (await Task.WhenAll(writing)).SelectMany(static one => one).Order()];
        Assert.NotEmpty(acknowledged);
        Assert.Equal(acknowledged, await a.LastNumbersAsync());
    }

    [Fact]
    public async Task A_commit_that_did_not_wait_for_its_standby_is_unknown_until_a_later_one_has()
    {
        (PostgresLog log, _) = await _database.OpenAsync();
        await log.AppendAsync(1, 1);
        await _standby.RequireAsync(Ct);
        await using (ILogLock logLock = await log.AcquireAsync(1, Ct))
        {
            Task appending = logLock.AppendAsync(TestGroups.From(2, 2), Ct).AsTask();
            await _standby.CancelWaitAsync(Ct);
            await Assert.ThrowsAsync<StorageUnknownOutcomeException>(() => appending);
        }

        Task<ILogLock> taking = log.AcquireAsync(1, Ct).AsTask();
        await _standby.WaitedForAsync(Ct);
        Assert.False(taking.IsCompleted);
        _standby.Remove();

        await using ILogLock next = await taking;
        Assert.Equal(AppendOutcome.There, next.LastAppend);
        Assert.Equal(2, Assert.Single(next.Missed).LastSequence);
    }

    [Fact]
    public async Task A_pack_whose_commit_did_not_wait_for_its_standby_is_unknown_too()
    {
        var identity = new ServerIdentity(Guid.NewGuid(), "packer");
        (PostgresLog log, LogConnections connections) = await _database.OpenServerAsync(identity);
        await using Membership membership = await Membership.JoinAsync(
            connections, log, identity, new ServerOptions { BeatEvery = TimeSpan.FromHours(1) }, static () => default, TimeProvider.System,
            NullLogger.Instance, Ct);
        await log.AppendAsync(1, 1);
        await using var leases = new JobLeases(
            connections, log, identity, new LeaseOptions { RenewEvery = TimeSpan.FromHours(1), Length = TimeSpan.FromHours(1) },
            TimeProvider.System, NullLogger.Instance);
        JobLease lease = (await leases.TryTakeAsync("packer", Ct))!;
        await _standby.RequireAsync(Ct);

        Task recording = new LogPacks(connections, log, lease, Guid.NewGuid).RecordAsync(LogDirectory.Empty, Ct).AsTask();
        await _standby.CancelWaitAsync(Ct);

        await Assert.ThrowsAsync<StorageUnknownOutcomeException>(() => recording);
        Assert.Equal(2, _database.Ask<long>("SELECT last_row FROM site_head"));
        _standby.Remove();
    }

    [Fact]
    public async Task A_standby_is_refused_in_words()
    {
        await _database.OpenAsync();
        string data = _database.Ask<string>("SELECT current_setting('data_directory')");
        await _server.StopAsync(immediate: false);
        await File.WriteAllTextAsync(Path.Combine(data, "standby.signal"), "", Ct);
        await _server.StartAgainAsync(Ct);

        LogUnusableException refused = await Assert.ThrowsAsync<LogUnusableException>(() => _database.OpenAsync());

        Assert.Contains("is read-only: a standby", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Writes on while PostgreSQL comes and goes; the numbers that were acknowledged.</summary>
    private static async Task<List<long>> WriteAsync(PostgresLog log, CancellationToken enough)
    {
        var acknowledged = new List<long>();
        while (!enough.IsCancellationRequested)
        {
            acknowledged.Add(await log.CommitAsync(acknowledged.Count == 0 ? 0 : acknowledged[^1]));
        }

        return acknowledged;
    }
}
