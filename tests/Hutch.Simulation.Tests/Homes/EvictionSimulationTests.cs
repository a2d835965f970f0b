using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Simulation.Tests.Support;
using Hutch.Site.Life.Maintenance;

namespace Hutch.Simulation.Tests.Homes;

/// <summary>
/// A home gives up bytes and gets them back, while it stops, messages are lost, sites lie and collections run. See
/// docs/design/federation.md (holds and eviction).
/// </summary>
public sealed class EvictionSimulationTests
{
    private const int Steps = 80;

    public static TheoryData<int> Seeds => Schedules.From(2);

    public static TheoryData<CollectionStep> CollectionSteps => [.. Enum.GetValues<CollectionStep>()];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The same seed is the same story.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Each_byte_is_at_the_home_or_held_and_all_come_back(int seed)
    {
        await using EvictionWorld world = await EvictionWorld.StartAsync(300 + seed);
        world.Moving.IsFaulty = true;
        for (int i = 0; i < Steps; i++)
        {
            await world.DoSomethingAsync();
        }

        world.Heal();
        await world.Moving.RestoreDatasetAsync();
        await world.Moving.SettleAsync();
        await world.RecallAsync();
        await world.UntilAsync(null);

        await world.CheckBackAsync();
    }

    /// <summary>The same where two servers run the home, of which each does what the other does, at any moment.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Each_byte_is_at_a_home_that_two_servers_run_or_held_and_all_come_back(int seed)
    {
        await using EvictionWorld world = await EvictionWorld.StartAsync(700 + seed, isShared: true);
        world.Moving.IsFaulty = true;
        for (int i = 0; i < Steps; i++)
        {
            await world.DoSomethingAsync();
        }

        world.Heal();
        await world.Moving.RestoreDatasetAsync();
        await world.Moving.AskAllAsync();
        await world.Moving.SettleAsync();
        await world.RecallAsync();
        await world.UntilAsync(null);
        await world.AskOnceMoreAsync();

        await world.CheckBackAsync();
    }

    /// <summary>
    /// A server finds that all bytes are back, and stands still before it says so. Meanwhile another one has said it, and the dataset was
    /// evicted once more, freed, and is being recalled once more: what the first found is of the past.
    /// </summary>
    [Fact]
    public async Task A_server_that_stood_still_ends_nothing_that_began_since()
    {
        await using EvictionWorld world = await EvictionWorld.StartAsync(10, isShared: true);
        int turn = 0;
        bool wasThere = true;
        while (wasThere)
        {
            await world.EvictAsync(2);
            await world.RecallAsync();
            wasThere = await world.StepWhileAsync(world.Home, ++turn, () => EvictAgainAsync(world, world.Second));
            await world.CheckAsync();
            await world.UntilAsync(null);
            await world.AskOnceMoreAsync();
            await world.CheckBackAsync();
        }

        Assert.InRange(turn, 4, 30);
    }

    /// <summary>What one server has recalled while another one collects, which had begun before that, stays or is brought again.</summary>
    [Fact]
    public async Task A_recall_waits_for_the_collection_of_another_server()
    {
        await using EvictionWorld world = await EvictionWorld.StartAsync(11, isShared: true);
        await world.WantAsync(2);
        await world.UntilAsync(EvictionState.Evicted);
        Task recalled = Task.CompletedTask;
        world.Second.Site.Site.Collector.Reached = async step =>
        {
            if (step == CollectionStep.SecondMoment)
            {
                await world.RecallAsync();
                recalled = Task.Run(() => world.Home.StepAsync(Ct), Ct);
            }
        };

        await world.Second.CollectAsync();
        world.Second.Site.Site.Collector.Reached = static _ => Task.CompletedTask;
        await recalled;
        await world.UntilAsync(null);

        await world.CheckBackAsync();
    }

    /// <summary>How old an attestation is, the home counts from its question, on its own clock.</summary>
    [Fact]
    public async Task What_sites_attest_more_than_seven_days_after_the_question_does_not_count()
    {
        await using EvictionWorld world = await EvictionWorld.StartAsync(12);
        world.Archive.Lie = Lie.Away;
        await world.WantAsync(2);
        await world.Home.StepAsync(Ct);

        world.Home.Site.Clock.Ahead += TimeSpan.FromDays(8);
        world.Heal();
        EvictionState? reached = await world.UntilAsync(EvictionState.Evicted);

        Assert.Null(reached);
        await world.CheckBackAsync();
    }

    /// <summary>The home stops as each message goes out or its answer comes in: so between any two of its commits.</summary>
    /// <param name="first">Every third message, from this one on.</param>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_home_that_stops_at_any_message_resumes_where_it_stopped(int first)
    {
        await using EvictionWorld world = await EvictionWorld.StartAsync(1);
        int stops = 0;
        for (int cut = first; await RunAsync(world, cut); cut += 3)
        {
            stops++;
        }

        // Two questions and a farewell to each of two holders, small files and a large one, each out and in.
        Assert.InRange(stops, 4, 20);
    }

    [Theory]
    [MemberData(nameof(CollectionSteps))]
    public async Task Bytes_recalled_while_a_collection_frees_them_are_available_after_the_collection(CollectionStep step)
    {
        await using EvictionWorld world = await EvictionWorld.StartAsync(2);
        await world.WantAsync(2);
        await world.UntilAsync(EvictionState.Evicted);
        Task recalled = Task.CompletedTask;

        await world.CollectWhileAsync(
            step,
            async () =>
            {
                await world.RecallAsync();
                recalled = Task.Run(() => world.Home.StepAsync(Ct), Ct);
            });
        await recalled;
        await world.UntilAsync(null);

        await world.CheckBackAsync();
    }

    [Theory]
    [InlineData(Lie.WrongDigest)]
    [InlineData(Lie.OldNonce)]
    [InlineData(Lie.AnotherSite)]
    [InlineData(Lie.AnotherDataset)]
    public async Task A_false_attestation_of_a_holder_prevents_the_eviction(Lie lie)
    {
        await using EvictionWorld world = await EvictionWorld.StartAsync(3);
        world.Archive.Lie = lie;
        await world.WantAsync(2);

        EvictionState? reached = await world.UntilAsync(EvictionState.Evicted);
        await world.Home.CollectAsync();
        bool isHere = await world.IsHereAsync();
        string problem = world.Home.Worker.ProblemsOf(world.Dataset)[world.Archive.Site.Id];
        world.Heal();

        Assert.Equal(EvictionState.Wanted, reached);
        Assert.True(isHere);
        Assert.Contains("attested bytes other than", problem, StringComparison.Ordinal);
        Assert.Equal(EvictionState.Evicted, await world.UntilAsync(EvictionState.Evicted));
    }

    [Theory]
    [InlineData(Lie.Garbage)]
    [InlineData(Lie.Nothing)]
    [InlineData(Lie.Gone)]
    [InlineData(Lie.Away)]
    public async Task What_one_holder_does_not_give_comes_from_another_and_without_any_the_sites_are_named(Lie lie)
    {
        await using EvictionWorld world = await EvictionWorld.StartAsync(4);
        await world.EvictAsync(2);
        await world.Home.RestartAsync();
        world.Archive.Lie = lie;
        foreach (BlobHash file in world.Files)
        {
            Assert.Equal(file, BlobHash.Compute((await world.Home.ReadAsync(file))!));
        }

        await world.Home.RestartAsync();
        world.Compute.Lie = lie;
        HutchError refusal = (await Assert.ThrowsAsync<HutchException>(() => world.Home.ReadAsync(world.Files.First()))).Error;
        await world.RecallAsync();
        EvictionState? stuck = await world.UntilAsync(null);
        IReadOnlyDictionary<string, string> problems = world.Home.Worker.ProblemsOf(world.Dataset);
        world.Compute.Lie = Lie.None;
        EvictionState? freeing = await world.UntilAsync(EvictionState.Freeing);
        world.Heal();
        await world.UntilAsync(null);

        Assert.Equal(ErrorCode.Unavailable, refusal.Code);
        Assert.Contains("archive: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("compute: ", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(EvictionState.Recalling, stuck);
        Assert.Contains(world.Archive.Site.Id, problems.Keys);
        Assert.Contains(world.Compute.Site.Id, problems.Keys);
        Assert.NotEqual(EvictionState.Recalling, freeing);
        await world.CheckBackAsync();
    }

    [Fact]
    public async Task A_copy_that_is_damaged_at_its_site_does_not_count_until_it_is_whole()
    {
        await using EvictionWorld world = await EvictionWorld.StartAsync(5);
        world.Archive.Lie = Lie.Away;
        await world.WantAsync(2);

        EvictionState? one = await world.UntilAsync(EvictionState.Evicted);
        world.Heal();

        Assert.Equal(EvictionState.Wanted, one);
        Assert.Equal(EvictionState.Evicted, await world.UntilAsync(EvictionState.Evicted));
    }

    /// <summary>A new number is a record and a reading each time.</summary>
    [Fact]
    public async Task A_home_that_requests_holds_too_often_is_refused_and_its_earlier_hold_remains()
    {
        await using EvictionWorld world = await EvictionWorld.StartAsync(6);
        await using var holder = new EvictingSite(world, world.Moving.Sites[1], maxPerHour: 3);
        BlobHash home = MovingWorld.KeyOf(world.Home.Site);
        CopyOrigin copy = (await world.Archive.Site.FindAsync(world.Dataset))!.Copy!;
        var answers = new List<Result<HoldAnswer>>();
        for (int i = 0; i < 5; i++)
        {
            answers.Add(await holder.Door.HoldAsync(
                home,
                new HoldRequest
                {
                    Dataset = world.Dataset,
                    Epoch = copy.Epoch,
                    History = copy.History,
                    Nonce = BlobHash.Compute([(byte)i]),
                },
                Ct));
            await holder.Attestations.WhenReadAsync(Ct);
        }

        Assert.All(answers.Take(3), static answer => Assert.True(answer.IsOk, answer.Error?.Message));
        Assert.All(answers.Skip(3), static answer => Assert.Equal(ErrorCode.TooManyRequests, answer.Error!.Code));
        Assert.Equal(BlobHash.Compute([2]), (await world.Archive.Site.Site.CopyHolds.FindAsync(world.Dataset, Ct))!.Nonce);
    }

    /// <summary>The zone is put back to when another site was the home: it learns better, and meanwhile the bytes stay and are read.</summary>
    [Fact]
    public async Task A_home_whose_epoch_a_restored_zone_has_forgotten_keeps_its_holders()
    {
        await using EvictionWorld world = await EvictionWorld.StartAsync(7, isArchiveHome: true);
        await world.EvictAsync(2);

        await world.Moving.RestoreAsync();
        foreach (EvictingSite site in world.Sites)
        {
            await site.RestartAsync();
            await world.Moving.FollowAsync(site.Site);
            await world.CheckAsync();
        }

        await world.Moving.SettleAsync();
        await world.CheckAsync();
        await world.RecallAsync();
        await world.UntilAsync(null);

        await world.CheckBackAsync();
    }

    /// <summary>Its records are put back to when it had given up its bytes; since then it had them back, and the home has moved.</summary>
    [Fact]
    public async Task A_former_home_restored_from_a_backup_fetches_its_missing_bytes_as_a_copy()
    {
        await using EvictionWorld world = await EvictionWorld.StartAsync(8);
        await world.EvictAsync(2);
        string backup = await world.Home.BackUpAsync();
        await world.RecallAsync();
        await world.UntilAsync(null);
        await world.Moving.RequestAsync(world.Archive.Site);
        await world.Moving.SettleAsync();

        await world.Home.PutBackAsync(backup);
        EvictionState? put = await world.StateAsync();
        bool wasHere = await world.IsHereAsync();
        await world.Moving.SettleAsync();
        await world.Home.StepAsync(Ct);
        await world.Home.StepAsync(Ct);

        Assert.Equal(EvictionState.Evicted, put);
        Assert.False(wasHere);
        Assert.NotNull((await world.Home.Site.FindAsync(world.Dataset))!.Copy);
        await world.CheckBackAsync();
    }

    /// <summary>The copies are there, though nobody holds them any more: they are the home's, which may have what they have.</summary>
    [Fact]
    public async Task A_home_that_was_put_back_to_when_it_had_given_up_gets_its_bytes_from_copies_that_are_held_no_more()
    {
        await using EvictionWorld world = await EvictionWorld.StartAsync(9);
        await world.EvictAsync(2);
        string backup = await world.Home.BackUpAsync();
        await world.RecallAsync();
        await world.UntilAsync(null);

        await world.Home.PutBackAsync(backup);
        bool wasHere = await world.IsHereAsync();
        byte[]? read = await world.Home.ReadAsync(world.Files.First());
        await world.RecallAsync();
        for (int i = 0; i < 4; i++)
        {
            await world.Home.StepAsync(Ct);
        }

        Assert.False(wasHere);
        Assert.Equal(world.Files.First(), BlobHash.Compute(read!));
        await world.CheckBackAsync();
    }

    /// <summary>One server ends the recall, evicts anew, frees the space and begins to recall.</summary>
    private static async Task EvictAgainAsync(EvictionWorld world, EvictingSite server)
    {
        _ = (await server.Site.Site.Committer.CatchUpAsync(Ct)).Value;
        await server.UntilAsync(null);
        Assert.True((await server.Site.Site.Evictions.RequestAsync(world.Dataset, 2, "ada", Ct)).IsOk);
        await server.UntilAsync(EvictionState.Evicted);
        if (!world.Moving.IsAnyServerBusy)
        {
            await server.CollectAsync();
        }

        Assert.True((await server.Site.Site.Evictions.RecallAsync(world.Dataset, Ct)).IsOk);
    }

    /// <summary>Evicts, stops once, goes on, recalls. False when it came to the end without a stop.</summary>
    private static async Task<bool> RunAsync(EvictionWorld world, int cut)
    {
        bool hasStopped = false;
        world.CutAt(cut);
        await world.WantAsync(2);
        foreach (EvictionState? next in (EvictionState?[])[EvictionState.Evicted, null])
        {
            for (int i = 0; i < 12 && await world.StateAsync() != next; i++)
            {
                if (await world.StepOrStopAsync())
                {
                    hasStopped = true;
                    await world.CheckAsync();
                    await world.Home.CollectAsync();
                }

                await world.CheckAsync();
            }

            Assert.Equal(next, await world.StateAsync());
            if (next is not null)
            {
                await world.Home.CollectAsync();
                await world.CheckAsync();
                await world.RecallAsync();
            }
        }

        await world.CheckBackAsync();
        return hasStopped;
    }
}
