using System.Net.Http.Json;
using System.Text.Json;
using Hutch.Peers.Postgres;

namespace Hutch.Cluster.Tests.Doors;

/// <summary>What servers say of themselves, or decide by, is the same at each of them.</summary>
public sealed class SharedStateTests(PostgresServer postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_head_has_the_same_number_at_all_servers_and_at_one_that_joins_later()
    {
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2);
        string untouched = await servers.CreateAsync(0, "untouched");
        string changed = await servers.CreateAsync(1, "changed");
        (await servers.PutAsync(0, changed, "f", "first")).Dispose();
        await servers.AddAsync();

        long[] before = await NumbersAsync(servers, changed);
        (await servers.PutAsync(2, changed, "f", "second")).Dispose();
        long[] after = await NumbersAsync(servers, changed);

        Assert.Single((await NumbersAsync(servers, untouched)).Distinct());
        Assert.Single(before.Distinct());
        Assert.Single(after.Distinct());
        Assert.True(after[0] > before[0]);
    }

    private static Task<long[]> NumbersAsync(EqualServers servers, string dataset) =>
        Task.WhenAll(Enumerable.Range(0, servers.Count).Select(async server =>
        {
            using HttpResponseMessage answer = await servers.GetAsync(server, $"datasets/{dataset}");
            return (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("headVersion").GetInt64();
        }));
}
