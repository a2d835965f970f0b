using System.Text.Json;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Support;

namespace Hutch.Simulation.Tests.Homes;

/// <summary>
/// A home is declared lost, and another site goes on, while the lost one may be cut off and go on, too. In one epoch one site accepts at
/// most, and nothing that was accepted is lost: it is at the home, or in what came back. See docs/design/federation.md (lost home).
/// </summary>
public sealed class LostHomeSimulationTests
{
    private const int Steps = 100;

    public static TheoryData<int> Seeds => Schedules.From(3);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The same seed is the same story.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Nothing_that_was_accepted_is_lost_when_homes_are_declared_lost_and_come_back(int seed)
    {
        await using MovingWorld world = await MovingWorld.StartAsync(seed, withLosses: true, withRestores: seed % 2 == 0);
        for (int i = 0; i < Steps; i++)
        {
            await world.DoSomethingAsync();
        }

        world.IsFaulty = false;
        await world.SettleAsync();

        await world.CheckSettledAsync();
    }

    [Fact]
    public async Task The_new_home_numbers_its_versions_1000_higher()
    {
        await using MovingWorld world = await StartAsync();
        MovingSite compute = world.Sites[2];
        long known = (await compute.SnapshotsAsync(world.Dataset)).Max();

        await LoseAsync(world);
        await world.WriteAsync(compute);
        await world.SettleAsync();

        Assert.Equal([known + 1000, known + 1001], (await compute.SnapshotsAsync(world.Dataset)).Where(number => number > known));
    }

    [Fact]
    public async Task What_a_lost_home_had_accepted_comes_back_as_a_dataset_of_its_own_and_the_home_is_a_copy_from_then_on()
    {
        await using MovingWorld world = await StartAsync();
        (MovingSite archive, MovingSite compute) = (world.Sites[1], world.Sites[2]);
        await LoseAsync(world);
        Assert.True(await world.WriteAsync(compute));
        Assert.True(await world.WriteAsync(archive));

        await world.SettleAsync();

        SiteDataset after = (await archive.FindAsync(world.Dataset))!;
        Assert.Equal(3, after.Copy!.Epoch);
        Assert.Equal(["scan-lost-archive"], (await world.ReturnedAsync()).Keys);
        Assert.Same(compute, await world.CheckSettledAsync());
    }

    [Fact]
    public async Task A_returned_dataset_names_its_origin_version_and_continues_the_version_numbers()
    {
        await using MovingWorld world = await StartAsync();
        (MovingSite archive, MovingSite compute) = (world.Sites[1], world.Sites[2]);
        long known = (await compute.SnapshotsAsync(world.Dataset)).Max();
        await LoseAsync(world);
        await world.WriteAsync(archive);
        await world.SettleAsync();

        NameRecord name = await FindAsync(world, "scan-lost-archive");
        SiteDataset back = (await archive.FindAsync(name.Dataset))!;

        Assert.Equal($"scan: what archive had beyond @{known}", back.Title);
        Assert.Equal([known + 1], await archive.SnapshotsAsync(name.Dataset));
        Assert.Equal(
            new { Dataset = world.Dataset, Snapshot = (long?)(known + 1000) },
            (await archive.Site.Records.ReadAsync(queries => queries.Parents(back.Key), Ct))
                .Select(static one => new { one.Dataset, one.Snapshot }).Single());
    }

    [Fact]
    public async Task A_home_that_had_accepted_nothing_more_comes_back_as_a_copy_and_nothing_else()
    {
        await using MovingWorld world = await StartAsync();
        await LoseAsync(world);
        await world.WriteAsync(world.Sites[2]);

        await world.SettleAsync();

        Assert.Empty(await world.ReturnedAsync());
        Assert.Same(world.Sites[2], await world.CheckSettledAsync());
    }

    [Fact]
    public async Task A_home_that_comes_back_twice_brings_one_dataset()
    {
        await using MovingWorld world = await StartAsync();
        MovingSite archive = world.Sites[1];
        await LoseAsync(world);
        await world.WriteAsync(archive);
        string copy = await archive.BackUpAsync();
        await world.SettleAsync();

        await archive.PutBackAsync(copy);
        await world.SettleAsync();

        Assert.Equal(["scan-lost-archive"], (await world.ReturnedAsync()).Keys);
        await world.CheckSettledAsync();
    }

    [Fact]
    public async Task A_copy_that_is_ahead_of_the_new_home_loses_nothing()
    {
        await using MovingWorld world = await StartAsync();
        (MovingSite archive, MovingSite compute, MovingSite backup) = (world.Sites[1], world.Sites[2], await world.JoinAsync("backup"));
        await world.SettleAsync();
        await LoseAsync(world);
        await world.WriteAsync(archive);
        await world.CopyAsync(backup);
        await archive.DisposeAsync();
        world.Sites.Remove(archive);

        await world.SettleAsync();

        Assert.Equal(["scan-lost-backup"], (await world.ReturnedAsync()).Keys);
        Assert.Same(compute, await world.CheckSettledAsync());
    }

    [Fact]
    public async Task A_name_that_is_taken_gets_a_number()
    {
        await using MovingWorld world = await StartAsync();
        NameRecord scan = await FindAsync(world, "scan");
        await world.ChangeAsync(change => change.Names.Reserve(new DatasetId(new Guid(7, 7, 7, new byte[8])), scan.Owner, "scan-lost-archive", Visibility.Private));
        await LoseAsync(world);
        await world.WriteAsync(world.Sites[1]);

        for (int i = 0; i < 3; i++)
        {
            await world.FollowAsync(world.Sites[1]);
            await world.StepAsync(world.Sites[1]);
            await world.StepAsync(world.Sites[2]);
            await world.CopyAsync(world.Sites[1]);
        }

        Assert.Equal("archive", world.Sites.Single(site => site.Id == FindHome(world, "scan-lost-archive-2")).Name);
    }

    [Fact]
    public async Task Metadata_that_only_the_lost_home_had_of_a_closed_dataset_come_back()
    {
        await using MovingWorld world = await StartAsync();
        (MovingSite archive, MovingSite compute) = (world.Sites[1], world.Sites[2]);
        await archive.Site.Lifecycle.CloseAsync(world.Dataset, "ada", null, Ct);
        await world.SettleAsync();
        await LoseAsync(world);
        using var document = JsonDocument.Parse("""{"energy":12.4}""");
        await archive.Site.Metadata.SetAsync(world.Dataset, document.RootElement, null, "ada", Ct);

        await world.SettleAsync();

        SiteDataset back = (await archive.FindAsync((await FindAsync(world, "scan-lost-archive")).Dataset))!;
        Assert.Equal("""{"energy":12.4}""", (await archive.Site.Metadata.FindAsync(back, Ct))!.Document);
        Assert.Null(await archive.Site.Metadata.FindAsync((await archive.FindAsync(world.Dataset))!, Ct));
        Assert.Equal(await compute.ReadAsync(world.Dataset), await archive.ReadAsync(world.Dataset));
    }

    [Fact]
    public async Task What_only_the_lost_home_had_closed_comes_back_closed_and_is_open_at_the_new_home()
    {
        await using MovingWorld world = await StartAsync();
        MovingSite archive = world.Sites[1];
        await LoseAsync(world);
        await archive.Site.Lifecycle.CloseAsync(world.Dataset, "ada", null, Ct);

        await world.SettleAsync();

        Assert.True(await FindAsync(world, "scan-lost-archive") is not null, archive.Problem + (await archive.FindAsync(world.Dataset)));
        Assert.NotNull((await archive.FindAsync((await FindAsync(world, "scan-lost-archive")).Dataset))!.Closed);
        Assert.Null((await archive.FindAsync(world.Dataset))!.Closed);
        Assert.Same(world.Sites[2], await world.CheckSettledAsync());
    }

    [Fact]
    public async Task A_new_home_that_has_not_started_sends_nothing_that_would_make_a_lost_home_lose_data()
    {
        await using MovingWorld world = await StartAsync();
        (MovingSite archive, MovingSite compute) = (world.Sites[1], world.Sites[2]);
        Assert.True(await world.LoseAsync(compute));
        await world.FollowAsync(compute);
        await world.WriteAsync(archive);
        await world.FollowAsync(archive);
        await world.StepAsync(archive);
        await world.CopyAsync(archive);

        await world.SettleAsync();

        Assert.Equal(["scan-lost-archive"], (await world.ReturnedAsync()).Keys);
        Assert.Same(compute, await world.CheckSettledAsync());
    }

    /// <summary>The records of a site are made from its log alone: what came back is in it.</summary>
    [Fact]
    public async Task What_came_back_is_there_when_the_records_of_its_site_are_made_anew()
    {
        await using MovingWorld world = await StartAsync();
        MovingSite archive = world.Sites[1];
        await LoseAsync(world);
        await world.WriteAsync(archive);
        await world.SettleAsync();

        await archive.RestartAsync(hasLostRecords: true);

        await world.CheckSettledAsync();
    }

    /// <summary>A purge by law ends also what nobody knew of.</summary>
    [Fact]
    public async Task A_dataset_purged_at_all_sites_does_not_return_from_a_lost_home()
    {
        await using MovingWorld world = await StartAsync();
        MovingSite archive = world.Sites[1];
        await LoseAsync(world);
        await world.WriteAsync(archive);
        await world.ChangeAsync(change =>
        {
            change.Purges.Add(new PurgeOrder(world.Dataset, DateTimeOffset.UnixEpoch), "unsigned", "ada", "by law");
            return true;
        });

        await world.SettleAsync();

        Assert.Empty(await world.ReturnedAsync());
    }

    /// <summary>What is in the trash of the new home goes into that of the lost one, with all that it had accepted, for 30 days.</summary>
    [Fact]
    public async Task Changes_of_a_lost_home_return_when_a_dataset_deleted_since_then_is_restored()
    {
        await using MovingWorld world = await StartAsync();
        (MovingSite archive, MovingSite compute) = (world.Sites[1], world.Sites[2]);
        await LoseAsync(world);
        await world.WriteAsync(archive);
        await world.FollowAsync(compute);
        await world.StepAsync(compute);
        await compute.Site.Lifecycle.TrashAsync(world.Dataset, "ada", Ct);
        await world.SettleAsync();
        long? trashed = (await archive.FindAsync(world.Dataset))!.TrashedUntil;
        int returned = (await world.ReturnedAsync()).Count;

        await compute.Site.Lifecycle.RestoreAsync(world.Dataset, "ada", Ct);
        await world.SettleAsync();

        Assert.NotNull(trashed);
        Assert.Equal(0, returned);
        Assert.Equal(["scan-lost-archive"], (await world.ReturnedAsync()).Keys);
        Assert.Same(compute, await world.CheckSettledAsync());
    }

    /// <summary>The site before it has followed since, so that nobody has any more exactly what the move began with.</summary>
    [Fact]
    public async Task A_home_restored_to_before_its_move_warns_with_instructions_and_another_site_can_take_over()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        (MovingSite facility, MovingSite archive) = (world.Sites[0], world.Sites[1]);
        string copy = await archive.BackUpAsync();
        await world.WriteAsync(facility);
        await world.MoveAsync(archive);

        await archive.PutBackAsync(copy);
        await world.SettleAsync();
        string told = Assert.Single(archive.Warnings).Message;
        await world.LoseAsync(facility);
        await world.SettleAsync();

        Assert.Contains("lacks data that the site of the zone had at the move", told, StringComparison.Ordinal);
        Assert.Empty(archive.Warnings);
        Assert.Same(facility, await world.CheckSettledAsync());
    }

    /// <summary>The archive is the home in epoch 2, and everybody has what it has accepted.</summary>
    private static async Task<MovingWorld> StartAsync()
    {
        MovingWorld world = await MovingWorld.StartAsync(1, withLosses: true);
        world.IsFaulty = false;
        await world.MoveAsync(world.Sites[1]);
        return world;
    }

    /// <summary>The archive is declared lost, and the compute site goes on; neither the archive nor the facility has heard of it.</summary>
    private static async Task LoseAsync(MovingWorld world)
    {
        Assert.True(await world.LoseAsync(world.Sites[2]));
        await world.FollowAsync(world.Sites[2]);
        await world.StepAsync(world.Sites[2]);
    }

    private static async Task<NameRecord> FindAsync(MovingWorld world, string slug) =>
        (await world.Sites[0].View.Zone.ReadAsync(tables => tables.Names.Find("ada", slug), Ct))!;

    private static string FindHome(MovingWorld world, string slug) => FindAsync(world, slug).GetAwaiter().GetResult().Home.SiteId;
}
