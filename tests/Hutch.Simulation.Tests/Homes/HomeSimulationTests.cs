using Hutch.Federation.Keys;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Support;
using Hutch.Zone.Replication.Homes;

namespace Hutch.Simulation.Tests.Homes;

/// <summary>
/// The home of a dataset moves between three sites, while files are written, messages and answers are lost, and sites stop between any two
/// steps. In one epoch one site accepts writes at most, and nothing that was accepted is ever lost.
/// </summary>
public sealed class HomeSimulationTests
{
    private const int Steps = 100;

    public static TheoryData<int> Seeds => Schedules.From(3);

    /// <summary>The same seed is the same story.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task One_site_accepts_in_an_epoch_and_nothing_that_was_accepted_is_lost(int seed)
    {
        await using MovingWorld world = await MovingWorld.StartAsync(seed);
        for (int i = 0; i < Steps; i++)
        {
            await world.DoSomethingAsync();
        }

        world.IsFaulty = false;
        await world.SettleAsync();
        await world.CheckSettledAsync();
        await world.RequestAsync(world.Sites[seed % world.Sites.Count]);
        await world.SettleAsync();

        Assert.Same(world.Sites[seed % world.Sites.Count], await world.CheckSettledAsync());
    }

    /// <summary>The same, where two servers run the site of the zone over one log, and each does what the other does.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Two_servers_of_one_site_accept_in_its_epochs_and_nothing_that_either_accepted_is_lost(int seed)
    {
        await using MovingWorld world = await MovingWorld.StartAsync(seed, isShared: true);
        for (int i = 0; i < Steps; i++)
        {
            await world.DoSomethingAsync();
        }

        world.IsFaulty = false;
        await world.SettleAsync();
        await world.CheckSettledAsync();
        await world.RequestAsync(world.Sites[seed % world.Sites.Count]);
        await world.SettleAsync();

        Assert.Same(world.Sites[seed % world.Sites.Count], await world.CheckSettledAsync());
    }

    /// <summary>Before whichever commit of the second the first gives up.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_server_that_releases_a_home_late_returns_the_history_that_another_server_recorded(int at)
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1, isShared: true);
        world.IsFaulty = false;
        (MovingSite first, MovingSite second, MovingSite archive) = (world.Sites[0], world.Second!, world.Sites[1]);
        BlobHash key = MovingWorld.KeyOf(first);
        var recorded = new List<BlobHash>();
        int turns = 0;
        await world.WriteAsync(second);
        second.BeforeTurn = () =>
        {
            if (++turns == at)
            {
                Assert.True(world.WriteAsync(first).GetAwaiter().GetResult());
                recorded.Add(ReleaseAsync(first).GetAwaiter().GetResult());
            }
        };

        BlobHash told = await ReleaseAsync(second);

        Assert.Equal(Assert.Single(recorded), told);
        Assert.Equal(told, (await first.FindAsync(world.Dataset))!.Release!.History);
        Assert.False(await world.WriteAsync(second));

        // Retries a temporary refusal, as the worker does.
        async Task<BlobHash> ReleaseAsync(MovingSite server)
        {
            while (true)
            {
                Result<BlobHash> released = await server.Site.HomeMoves.ReleaseAsync(
                    world.Dataset, 1, key, archive.Id, mayStay: true, TestContext.Current.CancellationToken);
                if (released.Error?.Code.Name != ErrorCode.Unavailable.Name)
                {
                    return released.Value;
                }
            }
        }
    }

    [Fact]
    public async Task A_zone_that_was_restored_to_before_a_move_learns_of_it_and_gives_no_epoch_twice()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        await world.WriteAsync(world.Sites[0]);
        await world.SettleAsync();
        await world.BackUpAsync();
        await world.RequestAsync(world.Sites[1]);
        await world.SettleAsync();
        Assert.True(await world.WriteAsync(world.Sites[1]));

        await world.RestoreAsync();
        await world.SettleAsync();

        Assert.Same(world.Sites[1], await world.CheckSettledAsync());
    }

    /// <summary>The same, and the records of the zone are put back to what they were, now and then.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task No_epoch_is_given_twice_by_a_zone_that_is_restored(int seed)
    {
        await using MovingWorld world = await MovingWorld.StartAsync(seed, withRestores: true);
        for (int i = 0; i < Steps; i++)
        {
            await world.DoSomethingAsync();
        }

        world.IsFaulty = false;
        await world.SettleAsync();

        await world.CheckSettledAsync();
    }

    [Fact]
    public async Task A_zone_that_was_restored_to_before_two_moves_gives_no_epoch_before_it_has_heard_of_both()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        await world.BackUpAsync();
        await world.MoveAsync(world.Sites[1]);
        await world.MoveAsync(world.Sites[2]);
        await world.RestoreAsync();

        await world.RequestAsync(world.Sites[1]);
        HomeRecord asked = await world.HomeAsync();
        await world.SettleAsync();

        Assert.Null(asked.NextId);
        Assert.Same(world.Sites[2], await world.CheckSettledAsync());
        Assert.Equal(3, (await world.HomeAsync()).Epoch);
    }

    [Fact]
    public async Task A_home_that_lost_what_the_one_before_gave_up_with_fetches_it_again()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        (MovingSite facility, MovingSite archive) = (world.Sites[0], world.Sites[1]);
        string copy = await archive.BackUpAsync();
        await world.WriteAsync(facility);
        await world.RequestAsync(archive);
        while ((await world.HomeAsync()).SiteId != archive.Id)
        {
            await world.FollowAsync(archive);
            await world.CopyAsync(archive);
            await world.StepAsync(facility);
        }

        await archive.PutBackAsync(copy);
        await world.SettleAsync();

        Assert.Same(archive, await world.CheckSettledAsync());
    }

    [Fact]
    public async Task A_home_is_released_only_when_its_successor_is_present_and_has_the_latest_changes()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        (MovingSite facility, MovingSite archive) = (world.Sites[0], world.Sites[1]);
        await world.WriteAsync(facility);
        await world.RequestAsync(archive);

        await world.StepAsync(facility);
        bool isWrittenMeanwhile = await world.WriteAsync(facility);
        await world.SettleAsync();

        Assert.True(isWrittenMeanwhile);
        Assert.Same(archive, await world.CheckSettledAsync());
    }

    [Fact]
    public async Task A_write_at_a_site_that_the_zone_names_the_home_waits_until_it_has_taken_over()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        (MovingSite facility, MovingSite archive) = (world.Sites[0], world.Sites[1]);
        await world.RequestAsync(archive);
        while ((await world.HomeAsync()).SiteId != archive.Id)
        {
            await world.FollowAsync(archive);
            await world.CopyAsync(archive);
            await world.StepAsync(facility);
        }

        await world.FollowAsync(archive);
        Result<bool> tooEarly = await archive.WriteAsync(world.Dataset, "early.txt", [1]);
        archive.Timeout = TimeSpan.FromMinutes(1);
        Task<bool> written = world.WriteAsync(archive);
        Assert.False(written.IsCompleted);
        await world.StepAsync(archive);

        Assert.Equal("The home of this dataset moves to another site just now. Nothing was changed.", tooEarly.Error?.Message);
        Assert.True(await written);
        await world.SettleAsync();
        Assert.Same(archive, await world.CheckSettledAsync());
    }

    [Fact]
    public async Task A_home_that_is_to_move_on_before_it_has_taken_over_does_both()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        (MovingSite facility, MovingSite archive, MovingSite compute) = (world.Sites[0], world.Sites[1], world.Sites[2]);
        await world.RequestAsync(archive);
        while ((await world.HomeAsync()).SiteId != archive.Id)
        {
            await world.FollowAsync(archive);
            await world.CopyAsync(archive);
            await world.StepAsync(facility);
        }

        await world.RequestAsync(compute);
        await world.SettleAsync();

        Assert.Same(compute, await world.CheckSettledAsync());
    }

    [Fact]
    public async Task Snapshots_that_would_be_thinned_out_move_too()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        (MovingSite facility, MovingSite archive) = (world.Sites[0], world.Sites[1]);
        for (int i = 0; i < 3; i++)
        {
            await world.WriteAsync(facility);
            await world.CopyAsync(archive);
        }

        IReadOnlyList<long> before = await facility.SnapshotsAsync(world.Dataset);
        await world.MoveAsync(archive);

        Assert.Equal(before, (await archive.SnapshotsAsync(world.Dataset)).Take(before.Count));
        Assert.True(before.Count >= 3);
    }

    [Fact]
    public async Task A_release_that_the_home_has_not_signed_is_refused()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        (MovingSite zone, MovingSite archive, MovingSite compute) = (world.Sites[0], world.Sites[1], world.Sites[2]);
        world.IsFaulty = false;
        await world.MoveAsync(archive);
        BlobHash history = (await archive.Site.Offers.OfferAllAsync(world.Dataset, TestContext.Current.CancellationToken)).Value.Hash;
        string forged = new ReleaseStatement(zone.View.Zone.Id, world.Dataset, 2, compute.Id, history)
            .Sign(await compute.Keys.GetAsync(TestContext.Current.CancellationToken));

        Result<DoneAnswer> told = await zone.Door.RecordAsync(
            (await archive.Keys.GetAsync(TestContext.Current.CancellationToken)).Fingerprint,
            new MoveUpdate { Dataset = world.Dataset, Report = new MoveReport(2, compute.Id, history, null, forged) },
            TestContext.Current.CancellationToken);

        Assert.Contains("not signed with the key of archive", told.Error!.Message, StringComparison.Ordinal);
        Assert.Null((await world.HomeAsync()).NextId);
    }
}
