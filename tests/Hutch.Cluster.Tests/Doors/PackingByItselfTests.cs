using System.Diagnostics;
using Hutch.Cluster.Bytes.Packing;
using Hutch.Peers.Postgres;
using Hutch.Storage.Caching;

namespace Hutch.Cluster.Tests.Doors;

/// <summary>Servers pack what they wrote without being asked, and go on with it when the one that did it is gone.</summary>
public sealed class PackingByItselfTests(PostgresServer postgres)
{
    private const string Waiting = "SELECT count(*) FROM site_log WHERE packed_in IS NULL AND bodies IS NOT NULL";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_that_are_old_enough_are_packed_by_one_of_the_servers_and_by_another_when_it_stops()
    {
        var options = new ClusterOptions
        {
            Cache = new CacheOptions { CacheBytes = 0 },
            Packs = new PackOptions { PackAfterSeconds = 1 },
        };
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2, options);
        string dataset = await servers.CreateAsync(0, "shared");
        Assert.True((await servers.PutAsync(1, dataset, "first", "one")).IsSuccessStatusCode);
        await PackedAsync(servers);

        int packer = servers.Database.Ask<Guid>("SELECT server FROM site_lease WHERE job = 'packing'") == servers.IdOf(0) ? 0 : 1;
        await servers.StopAsync(packer);
        Assert.True((await servers.PutAsync(1 - packer, dataset, "second", "two")).IsSuccessStatusCode);
        await PackedAsync(servers);

        foreach ((string path, string content) in new[] { ("first", "one"), ("second", "two") })
        {
            using HttpResponseMessage answer = await servers.GetAsync(1 - packer, $"datasets/{dataset}/entries/{path}");
            Assert.Equal(content, await answer.Content.ReadAsStringAsync(Ct));
        }
    }

    private static async Task PackedAsync(EqualServers servers)
    {
        var waited = Stopwatch.StartNew();
        while (servers.Database.Ask<long>(Waiting) > 0)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(5), "Nobody packed the rows.");
            await Task.Delay(50, Ct);
        }

        Assert.Contains(servers.ObjectKeys, static key => key.StartsWith("packs/", StringComparison.Ordinal));
    }
}
