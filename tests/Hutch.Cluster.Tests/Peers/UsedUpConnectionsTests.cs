using Hutch.Cluster.Journal;
using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Peers.Postgres;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>PostgreSQL lets a running server in no more, for one reason or another; then it does again.</summary>
public sealed class UsedUpConnectionsTests(PostgresServer server) : IAsyncLifetime
{
    private readonly MemoryObjectStore _objects = new();
    private readonly string _role = "role" + Guid.NewGuid().ToString("N");
    private TestDatabase _database = null!;
    private TestServer _server = null!;
    private DatasetId _dataset;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(server, Ct);
        _database.Run($"CREATE ROLE {_role} LOGIN; ALTER DATABASE {_database.Place.Address.Database} OWNER TO {_role}");
        _server = await TestServer.OpenAsync(
            _database.As(_role), _objects, new LogOptions { AnswerWithin = TimeSpan.FromSeconds(1) });
        _dataset = (await _server.Site.CreateAsync("shared")).Id;
        Assert.True((await _server.Site.PutAsync(_dataset, "before", "before")).IsOk);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("CONNECTION LIMIT 0", "CONNECTION LIMIT -1", "has no connection left", "raise max_connections")]
    [InlineData("NOLOGIN", "LOGIN", "does not let", "Create that role, or add a line for it to pg_hba.conf")]
    public async Task A_server_without_a_connection_to_PostgreSQL_explains_the_remedy_refuses_writes_and_recovers(string shut, string open, string what, string advice)
    {
        _database.Run($"ALTER ROLE {_role} {shut}");
        EndSessions();

        Result<bool> refused = await _server.Site.PutAsync(_dataset, "meanwhile", "no");
        HutchException stale = await Assert.ThrowsAsync<HutchException>(() => _server.Site.Site.ReadIndex.AwaitAsync(Ct).AsTask());
        string? trouble = (await _server.Engine.ReportAsync(Ct)).Stores[0].Trouble;
        _database.Run($"ALTER ROLE {_role} {open}");
        Result<bool> after = await UntilAsync(() => _server.Site.PutAsync(_dataset, "after", "after"));
        await UntilAsync(async () => Result<bool>.Ok((await _server.Engine.ReportAsync(Ct)).Stores[0].Trouble is null));

        Assert.Equal((ErrorCode.Unavailable, ErrorCode.Unavailable), (refused.Error?.Code, stale.Error.Code));
        foreach (string? words in (string?[])[refused.Error?.Message, stale.Error.Message, trouble])
        {
            Assert.Contains(what, words, StringComparison.Ordinal);
            Assert.Contains(advice, words, StringComparison.Ordinal);
        }

        Assert.True(after.IsOk, after.Error?.Message);
        await _server.Site.Site.ReadIndex.AwaitAsync(Ct);
        Assert.Equal(("before", "after"), (await _server.TextAsync(_dataset, "before"), await _server.TextAsync(_dataset, "after")));
        Assert.DoesNotContain("meanwhile", await _server.Site.ListAsync(_dataset));
    }

    private void EndSessions() => _database.Run($"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '{_role}'");

    /// <summary>Tries again until it goes well.</summary>
    private static async Task<Result<bool>> UntilAsync(Func<Task<Result<bool>>> act)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        while (true)
        {
            Result<bool> result = await act();
            if (result.IsOk && result.Value)
            {
                return result;
            }

            await Task.Delay(50, limit.Token);
        }
    }
}
