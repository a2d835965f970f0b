using System.Net;
using Hutch.Cluster.Tests.Doors;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers.Ceph;
using Hutch.Peers.Postgres;

namespace Hutch.EndToEnd.Tests.Cluster;

/// <summary>
/// What clients of real servers see while processes are killed and frozen, PostgreSQL stops at once or has no room on its disk, and the store
/// behind Ceph's gateway says nothing.
/// </summary>
public sealed class DisturbedClusterTests(CephStore ceph, ITestOutputHelper output) : IClassFixture<CephStore>
{
    private const int Servers = 3;

    /// <summary>Longer than PostgreSQL lets a session keep the turn and say nothing.</summary>
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(3);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_are_registers_while_servers_PostgreSQL_and_the_object_store_fail()
    {
        await using var postgres = new PostgresServer { DiskMegabytes = 200 };
        await using ClusterSite site = await ClusterSite.CreateAsync(postgres, ceph, Ct);
        ServerProcess[] servers = await site.AddAsync(Servers, Ct, ServerProcess.LivesLong);
        string token = await servers.First(static server => File.Exists(Path.Combine(server.DataFolder, "admin.token"))).ReadAdminTokenAsync(Ct);
        site.Authorize(token);
        (string dataset, string access, string secret) = await ClusterSite.CreateSharedAsync(servers[0], token, Ct);
        site.Authorize(access, secret);
        int seed = Random.Shared.Next(1000);
        output.WriteLine($"seed {seed}");

        await DisturbedDoors.CheckAsync(site, dataset, seed, () => DisturbAsync(site, postgres, new Random(seed)));
    }

    private async Task DisturbAsync(ClusterSite site, PostgresServer postgres, Random random)
    {
        using var http = new HttpClient();
        await PauseAsync(random);
        await KillAndFreezeAsync(site, isEmpty: true, random);

        await postgres.StopAsync(immediate: true);
        await AssertNotReadyAsync(http, site[random.Next(Servers)]);
        await PauseAsync(random);
        await postgres.StartAgainAsync(Ct);
        await PauseAsync(random);

        await ceph.FreezeStoreAsync();
        await Task.Delay(Stall, Ct);
        await ceph.ThawStoreAsync();
        await PauseAsync(random);

        postgres.FillDisk();
        await Task.Delay(Stall, Ct);
        await postgres.FreeDiskAsync(Ct);
        await PauseAsync(random);

        await KillAndFreezeAsync(site, isEmpty: false, random);
        for (int server = 0; server < Servers; server++)
        {
            await site[server].WaitReadyAsync(Ct);
        }

        Assert.Matches(
            "(?m)^engine shared: PostgreSQL answers in [0-9.]+ ms, object store answers in [0-9.]+ ms, [0-9]+ records behind$",
            await http.GetStringAsync(new Uri(site[0].Address, "health/ready"), Ct));
    }

    private static async Task KillAndFreezeAsync(ClusterSite site, bool isEmpty, Random random)
    {
        await site.KillAsync(random.Next(Servers), isEmpty, () => PauseAsync(random), Ct);
        await PauseAsync(random);

        ServerProcess frozen = site[random.Next(Servers)];
        await frozen.FreezeAsync(Ct);
        await Task.Delay(Stall, Ct);
        await frozen.ThawAsync(Ct);
        await PauseAsync(random);
    }

    /// <summary>Without PostgreSQL a server says that it cannot serve, and why, and is alive.</summary>
    private static async Task AssertNotReadyAsync(HttpClient http, ServerProcess server)
    {
        using HttpResponseMessage down = await http.GetAsync(new Uri(server.Address, "health/ready"), Ct);
        using HttpResponseMessage alive = await http.GetAsync(new Uri(server.Address, "health/live"), Ct);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (down.StatusCode, alive.StatusCode));
        Assert.Contains("PostgreSQL, which keeps the records of the site, cannot be used", await down.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    private static Task PauseAsync(Random random) => Task.Delay(random.Next(300, 1000), Ct);
}
