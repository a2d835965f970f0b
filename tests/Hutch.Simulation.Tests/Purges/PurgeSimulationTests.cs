using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Homes;
using Hutch.Simulation.Tests.Support;
using Hutch.Site.Life.Maintenance;
using Hutch.Zone.Replication.Homes;

namespace Hutch.Simulation.Tests.Purges;

/// <summary>
/// A dataset ends at all sites, while these stop, messages are lost, homes move, copies come and a site lies. See
/// docs/design/federation.md (purge at all sites).
/// </summary>
public sealed class PurgeSimulationTests
{
    private const int StepsBefore = 20;
    private const int StepsAfter = 40;

    public static TheoryData<int> Seeds => Schedules.From(3);

    public static TheoryData<CollectionStep> CollectionSteps => [.. Enum.GetValues<CollectionStep>()];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The same seed is the same story.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Purged_bytes_remain_at_no_site_and_no_site_reports_the_purge_too_early(int seed)
    {
        await using PurgeWorld world = await PurgeWorld.StartAsync(seed, withEnds: seed % 2 == 0);
        world.Moving.IsFaulty = true;
        for (int i = 0; i < StepsBefore; i++)
        {
            await world.Moving.DoSomethingAsync();
        }

        await world.OrderAsync();
        for (int i = 0; i < StepsAfter; i++)
        {
            await world.Moving.DoSomethingAsync();
            await world.PurgeAsync(world.Moving.Sites[(i * seed) % world.Moving.Sites.Count]);
        }

        await world.SettleAsync();

        await world.CheckDoneAsync();
    }

    [Fact]
    public async Task A_site_that_was_away_is_waited_for_and_purges_before_it_does_anything_else()
    {
        await using PurgeWorld world = await PurgeWorld.StartAsync(1);
        MovingSite away = world.Moving.Sites[1];
        await world.OrderAsync();
        foreach (MovingSite site in world.Moving.Sites.Where(site => site != away))
        {
            await world.Moving.FollowAsync(site);
            await world.PurgeAsync(site);
            await world.PurgeAsync(site);
        }

        IReadOnlyList<string> without = await world.AnswersAsync();
        await away.RestartAsync(hasLostRecords: true);
        bool hadIt = (await world.StoredAsync(away)).Count > 0;
        await world.Moving.FollowAsync(away);
        HomeRecord seen = (await away.View.Zone.ReadAsync(tables => tables.Homes.Find(world.Moving.Dataset), Ct))!;
        await world.SettleAsync();

        Assert.DoesNotContain(away.Id, without);
        Assert.Equal(world.Moving.Sites.Count - 1, without.Count);
        Assert.True(hadIt);
        Assert.NotNull(seen.EndedAt); // with the very change that brought it up to date
        await world.CheckDoneAsync();
    }

    [Fact]
    public async Task A_copy_that_is_under_way_when_the_order_comes_is_not_completed_and_what_has_come_of_it_goes()
    {
        await using PurgeWorld world = await PurgeWorld.StartAsync(1);
        MovingSite late = await world.Moving.JoinAsync("late");
        await world.Moving.FollowAsync(late);
        world.Moving.WhileSending = async site =>
        {
            world.Moving.WhileSending = static _ => Task.CompletedTask;
            await world.OrderAsync();
            await world.Moving.FollowAsync(site);
            await world.PurgeAsync(site);
        };

        await world.Moving.CopyAsync(late);
        bool isCopy = await late.FindAsync(world.Moving.Dataset) is { Copy: not null };
        await world.SettleAsync();

        Assert.False(isCopy);
        Assert.True(world.Moving.IsPurged);
        await world.CheckDoneAsync();
    }

    /// <summary>The home has not heard of the order, and the site had read before it that it is to have a copy.</summary>
    [Fact]
    public async Task A_copy_that_begins_after_the_order_was_carried_out_is_not_completed()
    {
        await using PurgeWorld world = await PurgeWorld.StartAsync(1);
        MovingSite home = world.Moving.Sites[1];
        await world.Moving.MoveAsync(home);
        MovingSite late = await world.Moving.JoinAsync("late");
        await world.Moving.FollowAsync(home);
        await world.OrderAsync();
        await world.Moving.FollowAsync(late);
        await world.PurgeAsync(late);
        var order = new CopyOrder(
            late.View.Zone.Id, (await late.Keys.GetAsync(Ct)).Fingerprint, world.Moving.Dataset, "ada", "scan", 2);

        Result<CopyProgress> brought = await new CopyTransfer(
            world.Moving.Dial(late, home.Id), world.Moving.Ledger(late), late.Site.Copies, order,
            ct => late.Assignments.IsOverAsync(world.Moving.Dataset, ct), ct => late.Assignments.IsPurgedAsync(world.Moving.Dataset, ct), null, TimeProvider.System).RunAsync(Ct);

        Assert.Contains(late.Id, await world.AnswersAsync());
        Assert.Equal(ErrorCode.Gone, brought.Error?.Code);
        Assert.Null(await late.FindAsync(world.Moving.Dataset));
        await world.CheckAsync();
    }

    /// <summary>The site stops in the middle of rewriting what it has stored.</summary>
    [Theory]
    [MemberData(nameof(CollectionSteps))]
    public async Task A_site_that_stops_while_it_rewrites_its_segments_resumes_the_purge(CollectionStep step)
    {
        await using PurgeWorld world = await PurgeWorld.StartAsync(1);
        MovingSite archive = world.Moving.Sites[1];
        await world.OrderAsync();
        await world.Moving.FollowAsync(archive);
        archive.Site.Collector.Reached = at => at == step ? throw new IOException("stopped") : Task.CompletedTask;
        await world.PurgeAsync(archive);
        await world.PurgeAsync(archive);
        IReadOnlyList<string> early = await world.AnswersAsync();
        await archive.RestartAsync();

        await world.SettleAsync();

        Assert.DoesNotContain(archive.Id, early);
        await world.CheckDoneAsync();
    }

    [Fact]
    public async Task Records_that_were_put_back_to_before_it_are_purged_again()
    {
        await using PurgeWorld world = await PurgeWorld.StartAsync(1);
        MovingSite archive = world.Moving.Sites[1];
        string backup = await archive.BackUpAsync();
        await world.OrderAsync();
        await world.SettleAsync();

        await archive.PutBackAsync(backup);
        bool isBack = await archive.FindAsync(world.Moving.Dataset) is { Ended: null };
        await archive.PurgeAsync(world.Moving.Ledger(archive));
        await archive.PurgeAsync(world.Moving.Ledger(archive));

        Assert.True(isBack);
        await world.CheckDoneAsync();
    }

    [Fact]
    public async Task A_zone_that_was_put_back_to_before_it_hears_of_its_own_order_from_a_site()
    {
        await using PurgeWorld world = await PurgeWorld.StartAsync(1);
        await world.Moving.BackUpAsync();
        await world.OrderAsync();
        await world.Moving.FollowAsync(world.Moving.Sites[1]);

        await world.Moving.RestoreAsync();
        bool isForgotten = await world.Zone.Purges.FindAsync(world.Moving.Dataset, Ct) is null;
        await world.SettleAsync();

        Assert.True(isForgotten);
        await world.CheckDoneAsync();
    }

    [Fact]
    public async Task An_order_that_the_zone_has_not_signed_ends_nothing_at_once()
    {
        await using PurgeWorld world = await PurgeWorld.StartAsync(1);
        MovingSite archive = world.Moving.Sites[1];
        var order = new PurgeOrder(world.Moving.Dataset, DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));

        await world.OrderAsync(new HomeSigner(await archive.Keys.GetAsync(Ct), archive.View.Zone.Id).Sign(order));
        await world.SettleAsync();

        Assert.Empty(await world.AnswersAsync());
        Assert.Null((await archive.FindAsync(world.Moving.Dataset))!.Ended);
        Assert.NotEmpty(await world.StoredAsync(archive));
    }

    [Fact]
    public async Task A_home_that_falsely_reports_a_purge_and_continues_cannot_make_other_sites_copy_the_dataset_again()
    {
        await using PurgeWorld world = await PurgeWorld.StartAsync(1);
        await world.Moving.MoveAsync(world.Moving.Sites[1]);
        MovingSite liar = world.Moving.Sites[1];
        await world.OrderAsync();
        var statement = new PurgedStatement(
            liar.View.Zone.Id, world.Moving.Dataset, DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000), liar.Id);
        SiteKey key = await liar.Keys.GetAsync(Ct);
        var told = new PurgeUpdate { Dataset = world.Moving.Dataset, Proof = statement.Sign(key) };
        string foreign = (statement with { Site = world.Moving.Sites[2].Id }).Sign(key);

        Result<DoneAnswer> forOther = await world.Zone.PurgeDoor.RecordAsync(key.Fingerprint, told with { Proof = foreign }, Ct);
        Result<DoneAnswer> lie = await world.Zone.PurgeDoor.RecordAsync(key.Fingerprint, told, Ct);
        Result<Done> there = await world.Moving.Ledger(liar).ReportAsync(
            world.Moving.Dataset, new EndReport((await world.Moving.HomeAsync()).Epoch, null, null), Ct);
        MovingSite late = await world.Moving.JoinAsync("late");
        foreach (MovingSite honest in new[] { world.Zone, world.Moving.Sites[2], late })
        {
            await world.Moving.FollowAsync(honest);
            await world.Moving.CopyAsync(honest);
            await honest.PurgeAsync(world.Moving.Ledger(honest));
            await honest.PurgeAsync(world.Moving.Ledger(honest));
            Assert.Empty(await world.StoredAsync(honest));
        }

        Assert.False(forOther.IsOk);
        Assert.True(lie.IsOk && there.IsOk);
        Assert.Equal(world.Moving.Sites.Select(static site => site.Id).Order(), (await world.AnswersAsync()).Order());
        Assert.NotNull((await world.Moving.HomeAsync()).EndedAt);
        Assert.NotEmpty(await world.StoredAsync(liar));
    }
}
