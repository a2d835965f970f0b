using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Support;

namespace Hutch.Simulation.Tests.Homes;

/// <summary>Sites are released from copies and asked for them again, while homes move and delete, messages are lost and sites stop.</summary>
public sealed class ReleaseSimulationTests
{
    private const int Steps = 100;

    public static TheoryData<int> Seeds => Schedules.From(2);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task What_was_accepted_is_at_every_site_again_that_is_to_have_it_once_more(int seed)
    {
        await using MovingWorld world = await MovingWorld.StartAsync(200 + seed, withEnds: true, withReleases: true);
        for (int i = 0; i < Steps; i++)
        {
            await world.DoSomethingAsync();
        }

        world.IsFaulty = false;
        await world.RestoreDatasetAsync();
        await world.AskAllAsync();
        await world.SettleAsync();

        await world.CheckSettledAsync();
    }

    [Fact]
    public async Task A_copy_that_was_released_ends_by_the_trash_of_its_site_and_is_forgotten()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        (MovingSite facility, MovingSite archive) = (world.Sites[0], world.Sites[1]);
        await world.WriteAsync(facility);
        await world.SettleAsync();

        await world.ReleaseAsync(archive);
        archive.Clock.Ahead = TimeSpan.FromDays(29);
        await world.SettleAsync();
        archive.Clock.Ahead = TimeSpan.FromDays(58);
        await world.SettleAsync();
        SiteDataset kept = (await archive.FindAsync(world.Dataset))!;
        archive.Clock.Ahead = TimeSpan.FromDays(60);
        await world.SettleAsync();

        Assert.Equal((null, true), (kept.Ended, kept.TrashedUntil is not null));
        Assert.Equal("trash", (await archive.FindAsync(world.Dataset))!.EndedWay);
        Assert.DoesNotContain(await CopiesAsync(world), copy => copy.SiteId == archive.Id);
    }

    [Fact]
    public async Task A_copy_that_is_wanted_again_is_back_without_a_byte_on_the_way()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        MovingSite archive = world.Sites[1];
        await world.WriteAsync(world.Sites[0]);
        await world.SettleAsync();
        await world.ReleaseAsync(archive);
        await world.SettleAsync();
        long? trashed = (await archive.FindAsync(world.Dataset))!.TrashedUntil;
        bool isSent = false;
        world.WhileSending = _ => Task.FromResult(isSent = true);

        await world.AskAllAsync();
        await world.SettleAsync();

        Assert.NotNull(trashed);
        Assert.False(isSent);
        Assert.NotNull((await CopiesAsync(world)).Single(copy => copy.SiteId == archive.Id).CompleteAt);
        world.WhileSending = null;
        await world.CheckSettledAsync();
    }

    [Fact]
    public async Task A_released_copy_follows_its_home_again_after_the_operator_restores_it()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        MovingSite archive = world.Sites[1];
        await world.WriteAsync(world.Sites[0]);
        await world.SettleAsync();
        await world.ReleaseAsync(archive);
        await world.SettleAsync();

        await archive.Site.CopyEnds.RestoreLocalAsync(world.Dataset, "eva", Ct);
        await world.SettleAsync();

        CopyRecord copy = (await CopiesAsync(world)).Single(copy => copy.SiteId == archive.Id);
        Assert.Equal((null, false, CopyStates.Complete), (copy.ReleasedAt, copy.IsChosen, copy.Told!.State));
        await world.CheckSettledAsync();
    }

    [Fact]
    public async Task A_copy_that_ended_just_as_it_was_wanted_again_comes_anew()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        MovingSite archive = world.Sites[1];
        await world.WriteAsync(world.Sites[0]);
        await world.SettleAsync();
        await world.ReleaseAsync(archive);
        await world.SettleAsync();

        await world.AskAllAsync();
        archive.Clock.Ahead = TimeSpan.FromDays(31);
        await world.StepAsync(archive);
        string? ended = (await archive.FindAsync(world.Dataset))!.EndedWay;
        await world.SettleAsync();

        Assert.Equal("trash", ended);
        await world.CheckSettledAsync();
    }

    private static ValueTask<IReadOnlyList<CopyRecord>> CopiesAsync(MovingWorld world) =>
        world.Sites[0].View.Zone.ReadAsync(tables => tables.Copies.OfDataset(world.Dataset), Ct);
}
