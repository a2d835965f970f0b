using System.Globalization;
using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Feeds;
using Hutch.Simulation.Tests.Support;

namespace Hutch.Simulation.Tests.Names;

/// <summary>
/// Datasets of the same few names are made at two sites and at the zone, while lines are cut, questions and answers are lost, tokens end,
/// datasets are renamed, and sites stop between any two steps.
/// </summary>
public sealed class NameSimulationTests
{
    private const int Steps = 60;

    public static TheoryData<int> Seeds => Schedules.From(4);

    /// <summary>The same seed is the same story.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task What_a_site_has_made_is_its_owners_at_each_moment_and_gets_one_name_in_the_end(int seed)
    {
        await using NamingWorld world = await NamingWorld.StartAsync(seed);
        for (int i = 0; i < Steps; i++)
        {
            await world.StepAsync();
        }

        await world.SettleAsync();

        await world.CheckSettledAsync();
    }

    /// <summary>A large zone tells what it is in several answers, and only after the last of them does the site know anybody.</summary>
    [Fact]
    public async Task A_site_does_not_say_that_the_zone_knows_all_it_had_before_it_knows_whose_that_is()
    {
        await using var zone = new ZoneFolder(TimeProvider.System);
        PrincipalId ada = new(Guid.NewGuid());
        string id = 1.ToString("x16", CultureInfo.InvariantCulture);
        Result<Done> made = await zone.Zone.ChangeAsync<Done>(
            AuditActor.Server,
            change =>
            {
                change.Principals.CreateUser(ada, "ada", null);
                change.Sites.Add(id, "site-1", BlobHash.Compute([1]), SiteLabels.Empty);
                change.AddAudit("set-up", null);
                return Done.Value;
            },
            TestContext.Current.CancellationToken);
        Assert.True(made.IsOk, made.Error?.Message);
        var network = new NamingNetwork(id, zone, new Random(1)) { IsFaulty = false };
        var had = new ImportedDataset(new DatasetId(Guid.NewGuid()), "ada", "scan", "none", null, []);
        await using NamingSite site = await NamingSite.StartAsync(id, zone, network, (had, ada));

        await site.RegisterAsync();
        bool wasToldAll = network.HasToldAll;
        await site.FollowAsync();

        Assert.False(wasToldAll);
        Assert.Equal(had.Dataset, Assert.Single(await site.UnregisteredAsync()).Dataset);
    }
}
