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
        ServerProcess[] servers = await site.AddAsync(Servers, Ct);
        string token = await servers.First(static server => File.Exists(Path.Combine(server.DataFolder, "admin.token"))).ReadAdminTokenAsync(Ct);
        site.Authorize(token);
        string dataset = await CreateAsync(site, servers[0], token);
        int seed = Random.Shared.Next(1000);
        output.WriteLine($"seed {seed}");

        await DisturbedDoors.CheckAsync(site, dataset, seed, () => DisturbAsync(site, postgres, new Random(seed)));
    }

    private async Task DisturbAsync(ClusterSite site, PostgresServer postgres, Random random)
    {
        await PauseAsync(random);
        for (int round = 0; round < 2; round++)
        {
            int killed = random.Next(Servers);
            await site.KillAsync(killed, isEmpty: round == 0, () => PauseAsync(random), Ct);
            await PauseAsync(random);

            ServerProcess frozen = site[random.Next(Servers)];
            await frozen.FreezeAsync(Ct);
            await Task.Delay(Stall, Ct);
            await frozen.ThawAsync(Ct);
            await PauseAsync(random);

            await postgres.StopAsync(immediate: true);
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
        }

        for (int server = 0; server < Servers; server++)
        {
            await site[server].WaitReadyAsync(Ct);
        }
    }

    private static Task PauseAsync(Random random) => Task.Delay(random.Next(300, 1000), Ct);

    /// <summary>A dataset, and a key for S3, which the clients use from here on.</summary>
    private static async Task<string> CreateAsync(ClusterSite site, ServerProcess server, string token)
    {
        CommandLine admin = site.Person("admin");
        (await admin.RunAsync(["login", server.Address.ToString()], token + "\n", Ct)).AssertDone();
        (string dataset, string access, string secret) = await ClusterSite.CreateSharedAsync(admin, Ct);
        site.Authorize(access, secret);
        return dataset;
    }
}
