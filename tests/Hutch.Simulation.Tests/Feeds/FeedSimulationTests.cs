using Hutch.Simulation.Tests.Support;

namespace Hutch.Simulation.Tests.Feeds;

/// <summary>
/// Sites follow a zone that changes, over a network that loses, doubles, delays and reorders, while they crash and the zone is put back. Two
/// servers share the view of one. After each step a view is one state of the zone; when the faults end it is the newest.
/// </summary>
public sealed class FeedSimulationTests
{
    private static readonly TimeSpan Faults = TimeSpan.FromSeconds(60);

    public static TheoryData<int> Seeds => Schedules.From(4);

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_view_is_always_a_state_of_the_zone_and_at_last_the_newest(int seed)
    {
        var world = new World(seed);
        var network = new SimulatedNetwork(world);
        await using var zone = new FedZone(world);
        var sites = new List<FollowingSite>();
        foreach ((string name, int servers) in ((string, int)[])[("archive", 1), ("compute", 2)])
        {
            sites.Add(await FollowingSite.StartAsync(
                world, network, zone.Database, await zone.AddSiteAsync(name), changed: site => AssertIsStateAsync(zone, site), servers: servers));
        }

        Disturb(world, network, zone, sites);
        await world.RunUntilAsync(Faults);
        network.Heal();
        await zone.ChangeEverythingAsync();
        await world.RunUntilAsync(Faults + TimeSpan.FromSeconds(30));

        foreach (FollowingSite site in sites)
        {
            string there = await site.DumpAsync();
            Assert.Equal(await zone.Database.DumpAsync(site.Site.Id), there);
            Assert.All(
                (string[])["principals", "users", "names", "grants", "homes", "sites"],
                table => Assert.Contains($"{table} ", there, StringComparison.Ordinal));
            await site.DisposeAsync();
        }
    }

    /// <summary>The view is a state that the zone was in, for everything that this site may see, and no mixture of two.</summary>
    private static async Task AssertIsStateAsync(FedZone zone, FollowingSite site) =>
        Assert.Equal(zone.Known[(site.Site.Id, site.At!)], await site.DumpAsync());

    private static void Disturb(World world, SimulatedNetwork network, FedZone zone, List<FollowingSite> sites)
    {
        world.After(TimeSpan.FromMilliseconds(world.Chance.Next(1, 1500)), async () =>
        {
            if (world.Now >= Faults)
            {
                return;
            }

            FollowingSite any = sites[world.Chance.Next(sites.Count)];
            switch (world.Chance.Next(20))
            {
                case 0:
                    await any.CrashAsync();
                    break;
                case 1:
                    network.CutOff(any.Site.Name, TimeSpan.FromSeconds(world.Chance.Next(1, 20)));
                    break;
                case 2:
                    await zone.CopyAsync();
                    break;
                case 3:
                    await zone.PutBackAsync();
                    break;
                default:
                    await zone.ChangeSomethingAsync();
                    break;
            }

            Disturb(world, network, zone, sites);
        });
    }
}
