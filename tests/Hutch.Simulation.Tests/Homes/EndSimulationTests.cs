using Hutch.Federation.Copies;
using Hutch.Federation.Homes;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Support;

namespace Hutch.Simulation.Tests.Homes;

/// <summary>
/// A home deletes, restores and ends a dataset, while messages are lost, homes move and sites stop. What a home says reaches every site,
/// and no copy ends before it was in the trash of its own site for its time.
/// </summary>
public sealed class EndSimulationTests
{
    private const int Steps = 100;

    public static TheoryData<int> Seeds => Schedules.From(3);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task What_was_deleted_and_restored_is_there_again_everywhere(int seed)
    {
        await using MovingWorld world = await MovingWorld.StartAsync(seed, withEnds: true);
        for (int i = 0; i < Steps; i++)
        {
            await world.DoSomethingAsync();
        }

        world.IsFaulty = false;
        await world.RestoreDatasetAsync();
        await world.SettleAsync();

        await world.CheckSettledAsync();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task What_was_deleted_is_hidden_everywhere_also_where_its_copy_was_under_way(int seed)
    {
        await using MovingWorld world = await MovingWorld.StartAsync(100 + seed, withEnds: true);
        for (int i = 0; i < Steps; i++)
        {
            await world.DoSomethingAsync();
        }

        world.IsFaulty = false;
        await world.SettleAsync();
        await world.DeleteDatasetAsync();
        await world.SettleAsync();

        foreach (MovingSite site in world.Sites)
        {
            Assert.False(await site.FindAsync(world.Dataset) is { TrashedUntil: null, Ended: null }, site.Name);
        }
    }

    [Fact]
    public async Task A_first_copy_that_comes_whole_after_the_deletion_goes_into_the_trash_at_once_and_ends()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        MovingSite facility = world.Sites[0];
        await world.WriteAsync(facility);
        MovingSite late = await world.JoinAsync("late");
        await world.FollowAsync(late);
        world.WhileSending = async site =>
        {
            await facility.Site.Lifecycle.TrashAsync(world.Dataset, "ada", Ct);
            await world.StepAsync(facility);
            await world.FollowAsync(site);
            await world.StepAsync(site);
        };

        await world.CopyAsync(late);
        SiteDataset came = (await late.FindAsync(world.Dataset))!;
        CopyRecord told = (await CopiesAsync(world)).Single(copy => copy.SiteId == late.Id);
        await facility.Site.Lifecycle.PurgeAsync(world.Dataset, "by mistake", "ada", Ct);
        await world.SettleAsync();
        late.Clock.Ahead = TimeSpan.FromDays(31);
        await world.SettleAsync();

        Assert.Equal((null, true), (came.Ended, came.TrashedUntil is not null));
        Assert.Equal(CopyStates.Trash, told.Told!.State);
        Assert.Equal("trash", (await late.FindAsync(world.Dataset))!.EndedWay);
        Assert.DoesNotContain(await CopiesAsync(world), copy => copy.SiteId == late.Id);
    }

    [Fact]
    public async Task A_copy_whose_deletion_was_heard_of_just_before_it_was_whole_is_looked_at_again()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        MovingSite facility = world.Sites[0];
        await world.WriteAsync(facility);
        MovingSite late = await world.JoinAsync("late");
        await world.FollowAsync(late);
        await world.StepAsync(late);
        var order = new CopyOrder(
            late.View.Zone.Id, (await late.Keys.GetAsync(Ct)).Fingerprint, world.Dataset, "ada", "scan", 1);
        Result<CopyProgress> brought = await new CopyTransfer(
            world.Dial(late, facility.Id), world.Ledger(late), late.Site.Copies, order, async _ =>
            {
                await facility.Site.Lifecycle.TrashAsync(world.Dataset, "ada", Ct);
                await world.StepAsync(facility);
                await world.FollowAsync(late);
                await world.StepAsync(late);
                return false;
            },
            static _ => ValueTask.FromResult(false),
            null,
            TimeProvider.System).RunAsync(Ct);

        late.Assignments.RequestCheck(world.Dataset);
        await world.StepAsync(late);

        Assert.True(brought.IsOk);
        Assert.NotNull((await late.FindAsync(world.Dataset))!.TrashedUntil);
    }

    [Fact]
    public async Task An_expired_copy_that_its_home_may_restore_is_reported_only_once()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        MovingSite archive = world.Sites[1];
        await world.DeleteDatasetAsync();
        await world.SettleAsync();
        archive.Clock.Ahead = TimeSpan.FromDays(31);
        await world.StepAsync(archive);
        int told = archive.Told;

        for (int i = 0; i < 5; i++)
        {
            await world.StepAsync(archive);
        }

        Assert.Equal(told, archive.Told);
    }

    [Fact]
    public async Task A_copy_is_purged_only_while_it_is_in_the_trash()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        MovingSite archive = world.Sites[1];

        Result<SiteDataset> purged = await archive.Site.Lifecycle.PurgeAsync(world.Dataset, "by law", "ada", Ct);

        Assert.Contains("was not deleted at its home", purged.Error!.Message, StringComparison.Ordinal);
        Assert.Null((await archive.FindAsync(world.Dataset))!.Ended);
    }

    [Fact]
    public async Task A_home_that_has_given_up_does_not_purge_what_the_next_one_is_to_take()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        MovingSite facility = world.Sites[0];
        BlobHash key = (await facility.Keys.GetAsync(Ct)).Fingerprint;
        Assert.True((await facility.Site.HomeMoves.ReleaseAsync(world.Dataset, 1, key, world.Sites[1].Id, mayStay: true, Ct)).IsOk);

        Result<SiteDataset> purged = await facility.Site.Lifecycle.PurgeAsync(world.Dataset, "by law", "ada", Ct);

        Assert.Contains("moves to another site just now", purged.Error!.Message, StringComparison.Ordinal);
        Assert.Null((await facility.FindAsync(world.Dataset))!.Ended);
    }

    [Fact]
    public async Task A_copy_restored_at_its_site_stays_until_it_is_deleted_there()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        (MovingSite facility, MovingSite archive) = (world.Sites[0], world.Sites[1]);
        await world.WriteAsync(facility);
        await world.SettleAsync();
        Dictionary<string, BlobHash> files = await archive.ReadAsync(world.Dataset);
        await facility.Site.Lifecycle.PurgeAsync(world.Dataset, "by mistake", "ada", Ct);
        await world.SettleAsync();

        await archive.Site.CopyEnds.RestoreLocalAsync(world.Dataset, "eva", Ct);
        archive.Clock.Ahead = TimeSpan.FromDays(100);
        await world.SettleAsync();
        await archive.RestartAsync();
        await world.SettleAsync();
        Dictionary<string, BlobHash> kept = await archive.ReadAsync(world.Dataset);
        string state = (await CopiesAsync(world)).Single(copy => copy.SiteId == archive.Id).Told!.State;
        await archive.Site.CopyEnds.TrashLocalAsync(world.Dataset, "eva", Ct);
        await world.SettleAsync();
        SiteDataset trashed = (await archive.FindAsync(world.Dataset))!;
        archive.Clock.Ahead = TimeSpan.FromDays(131);
        await world.SettleAsync();

        Assert.Equal(files, kept);
        Assert.Equal(CopyStates.Restored, state);
        Assert.Equal((null, true), (trashed.Ended, trashed.TrashedUntil is not null));
        Assert.Equal("trash", (await archive.FindAsync(world.Dataset))!.EndedWay);
    }

    [Fact]
    public async Task Only_a_copy_that_was_restored_at_its_site_is_deleted_there()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        MovingSite archive = world.Sites[1];

        Result<SiteDataset> deleted = await archive.Site.CopyEnds.TrashLocalAsync(world.Dataset, "eva", Ct);

        Assert.Contains("whose home is another site", deleted.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dataset_that_is_there_again_at_its_home_comes_again_to_where_it_ended_in_the_trash()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        (MovingSite facility, MovingSite archive) = (world.Sites[0], world.Sites[1]);
        await world.WriteAsync(facility);
        await world.WriteAsync(facility);
        await world.SettleAsync();
        Dictionary<string, BlobHash> files = await archive.ReadAsync(world.Dataset);
        string before = await facility.BackUpAsync();
        await facility.Site.Lifecycle.PurgeAsync(world.Dataset, "by mistake", "ada", Ct);
        await world.SettleAsync();
        archive.Clock.Ahead = TimeSpan.FromDays(31);
        await world.SettleAsync();
        string? ended = (await archive.FindAsync(world.Dataset))!.EndedWay;

        await facility.PutBackAsync(before);
        await world.SettleAsync();
        await world.AskCopyAsync(archive.Id);
        await world.SettleAsync();
        await archive.RestartAsync();

        Assert.Equal("trash", ended);
        Assert.Equal(files, await archive.ReadAsync(world.Dataset));
        await world.CheckSettledAsync();
    }

    [Fact]
    public async Task A_site_that_has_purged_its_copy_refuses_it_before_its_first_byte()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        MovingSite archive = world.Sites[1];
        await world.WriteAsync(world.Sites[0]);
        await world.SettleAsync();
        await world.DeleteDatasetAsync();
        await world.SettleAsync();
        archive.Clock.Ahead = TimeSpan.FromDays(31);
        await archive.Site.Lifecycle.PurgeAsync(world.Dataset, "by law", "ada", Ct);
        await world.SettleAsync();
        await world.RestoreDatasetAsync();
        await world.SettleAsync();
        await world.AskCopyAsync(archive.Id);
        bool isSent = false;
        world.WhileSending = _ => Task.FromResult(isSent = true);

        await world.SettleAsync();

        CopyProgress told = (await CopiesAsync(world)).Single(copy => copy.SiteId == archive.Id).Told!;
        Assert.Equal((CopyStates.Refused, false), (told.State, isSent));
        Assert.Contains("was purged at this site", told.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_that_never_came_is_forgotten_when_its_home_has_ended_the_dataset()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        MovingSite facility = world.Sites[0];
        MovingSite late = await world.JoinAsync("late");
        await facility.Site.Lifecycle.PurgeAsync(world.Dataset, "by law", "ada", Ct);

        await world.SettleAsync();

        Assert.Null(await late.FindAsync(world.Dataset));
        Assert.DoesNotContain(await CopiesAsync(world), copy => copy.SiteId == late.Id);
    }

    [Fact]
    public async Task A_time_with_a_part_of_a_millisecond_is_news_once()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        MovingSite facility = world.Sites[0];
        var report = new Hutch.Zone.Replication.Homes.EndReport(1, DateTimeOffset.UnixEpoch.AddDays(30_000).AddTicks(1), null);
        Assert.True((await facility.Homes.ReportAsync(facility.Id, world.Dataset, report, Ct)).IsOk);
        long version = facility.Homes.Version;

        Assert.True((await facility.Homes.ReportAsync(facility.Id, world.Dataset, report, Ct)).IsOk);

        Assert.Equal(version, facility.Homes.Version);
    }

    [Fact]
    public async Task A_home_refuses_to_send_a_dataset_that_it_has_deleted()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        MovingSite facility = world.Sites[0];
        await world.WriteAsync(facility);
        await world.SettleAsync();
        BlobHash page = (await facility.FindAsync(world.Dataset))!.Root.Page;
        await world.DeleteDatasetAsync();
        await world.StepAsync(facility);

        FaultyHome asked = world.Dial(world.Sites[1], facility.Id);
        Result<OfferedHistory?> history = await asked.HistoryAsync(world.Dataset, null, Ct);
        Result<Stream> pages = await asked.PagesAsync(world.Dataset, [page], Ct);

        Assert.Equal((ErrorCode.InTrash, ErrorCode.InTrash), (history.Error!.Code, pages.Error!.Code));
    }

    [Fact]
    public async Task A_home_that_ends_a_dataset_does_not_end_its_copies()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        (MovingSite facility, MovingSite archive, MovingSite compute) = (world.Sites[0], world.Sites[1], world.Sites[2]);
        await world.WriteAsync(facility);
        await world.SettleAsync();
        Dictionary<string, BlobHash> files = await archive.ReadAsync(world.Dataset);

        await facility.Site.Lifecycle.PurgeAsync(world.Dataset, "by mistake", "ada", Ct);
        await world.SettleAsync();
        archive.Clock.Ahead = TimeSpan.FromDays(29);
        await world.SettleAsync();
        SiteDataset kept = (await archive.FindAsync(world.Dataset))!;
        archive.Clock.Ahead = TimeSpan.FromDays(31);
        await world.SettleAsync();
        await compute.Site.CopyEnds.RestoreAsync(world.Dataset, Ct);

        Assert.Equal((null, true), (kept.Ended, kept.TrashedUntil is not null));
        Assert.Equal("trash", (await archive.FindAsync(world.Dataset))!.EndedWay);
        Assert.Equal([compute.Id], (await CopiesAsync(world)).Select(static copy => copy.SiteId));
        Assert.Equal(files, await compute.ReadAsync(world.Dataset));
    }

    [Fact]
    public async Task A_site_that_does_not_hear_of_a_restore_ends_nothing()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        (MovingSite facility, MovingSite archive) = (world.Sites[0], world.Sites[1]);
        await facility.Site.Lifecycle.TrashAsync(world.Dataset, "ada", Ct);
        await world.SettleAsync();
        await facility.Site.Lifecycle.RestoreAsync(world.Dataset, "ada", Ct);
        await world.StepAsync(facility);

        archive.Clock.Ahead = TimeSpan.FromDays(100);
        await world.StepAsync(archive);
        await archive.Site.Lifecycle.EndWhatIsOverAsync(Ct);
        SiteDataset cutOff = (await archive.FindAsync(world.Dataset))!;
        await world.SettleAsync();

        Assert.Equal((null, true), (cutOff.Ended, cutOff.TrashedUntil is not null));
        Assert.Same(facility, await world.CheckSettledAsync());
    }

    [Fact]
    public async Task A_zone_that_was_restored_to_before_a_deletion_hears_of_it_again()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        MovingSite facility = world.Sites[0];
        await world.MoveAsync(world.Sites[1]);
        await world.BackUpAsync();
        await world.Sites[1].Site.Lifecycle.TrashAsync(world.Dataset, "ada", Ct);
        await world.SettleAsync();
        bool wasDeleted = (await facility.FindAsync(world.Dataset))!.TrashedUntil is not null;

        await world.RestoreAsync();
        await world.SettleAsync();

        Assert.True(wasDeleted);
        Assert.NotNull((await world.HomeAsync()).TrashedUntil);
        foreach (MovingSite site in world.Sites)
        {
            Assert.NotNull((await site.FindAsync(world.Dataset))!.TrashedUntil);
        }
    }

    [Fact]
    public async Task A_deletion_persists_at_a_copy_that_contacts_a_restored_zone_before_its_home_reports_the_deletion()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        MovingSite compute = world.Sites[2];
        await world.MoveAsync(world.Sites[1]);
        await world.BackUpAsync();
        await world.DeleteDatasetAsync();
        await world.SettleAsync();
        long? until = (await compute.FindAsync(world.Dataset))!.TrashedUntil;

        await world.RestoreAsync();
        await world.FollowAsync(compute);
        await world.StepAsync(compute);

        Assert.NotNull(until);
        Assert.Equal(until, (await compute.FindAsync(world.Dataset))!.TrashedUntil);
        Assert.Null((await world.HomeAsync()).EndedAt);
    }

    [Fact]
    public async Task A_home_gives_nothing_up_before_the_zone_knows_that_it_was_restored()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        MovingSite facility = world.Sites[0];
        SiteDataset here = (await facility.FindAsync(world.Dataset))!;
        var home = new HomeRecord(facility.Id, 1) { NextId = world.Sites[1].Id };

        HomeStep? waits = HomeStep.Decide(home with { TrashedUntil = DateTimeOffset.UnixEpoch }, facility.Id, here);
        HomeStep? goesOn = HomeStep.Decide(home, facility.Id, here);

        Assert.Null(waits);
        Assert.IsType<HomeStep.Release>(goesOn);
    }

    [Fact]
    public async Task A_snapshot_that_the_home_thins_out_stays_at_a_copy_for_the_time_of_its_own_trash()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        world.IsFaulty = false;
        (MovingSite facility, MovingSite archive) = (world.Sites[0], world.Sites[1]);
        await world.WriteAsync(facility);
        await world.SettleAsync();
        IReadOnlyList<long> first = await archive.SnapshotsAsync(world.Dataset);
        await world.WriteAsync(facility);
        await world.SettleAsync();
        IReadOnlyList<long> second = await archive.SnapshotsAsync(world.Dataset);

        archive.Clock.Ahead = TimeSpan.FromDays(29);
        int early = await archive.Site.Snapshots.DropLeftOutAsync(Ct);
        archive.Clock.Ahead = TimeSpan.FromDays(31);
        int dropped = await archive.Site.Snapshots.DropLeftOutAsync(Ct);

        Assert.Subset(second.ToHashSet(), first.ToHashSet());
        Assert.Equal((0, second.Count - 1), (early, dropped));
        Assert.Equal([second[^1]], await archive.SnapshotsAsync(world.Dataset));
        await world.CheckSettledAsync();
    }

    [Fact]
    public async Task A_site_that_is_not_the_home_deletes_nothing_elsewhere()
    {
        await using MovingWorld world = await MovingWorld.StartAsync(1);
        MovingSite archive = world.Sites[1];

        Result<Done> told = await world.Sites[0].Homes.ReportAsync(
            archive.Id, world.Dataset, new Hutch.Zone.Replication.Homes.EndReport(1, null, DateTimeOffset.UtcNow), Ct);
        Result<SiteDataset> ended = await archive.Site.Lifecycle.TrashAsync(world.Dataset, "mallory", Ct);

        Assert.Contains("not the home", told.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("whose home is another site", ended.Error!.Message, StringComparison.Ordinal);
        Assert.False((await world.HomeAsync()).IsOver);
    }

    private static ValueTask<IReadOnlyList<CopyRecord>> CopiesAsync(MovingWorld world) =>
        world.Sites[0].View.Zone.ReadAsync(tables => tables.Copies.OfDataset(world.Dataset), Ct);
}
