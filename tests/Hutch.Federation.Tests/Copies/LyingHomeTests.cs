using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Zone;

namespace Hutch.Federation.Tests.Copies;

/// <summary>A home that lies gets nowhere and is named; what it said truly is kept, and an honest home ends the copy.</summary>
public sealed class LyingHomeTests(HonestHome honest) : IClassFixture<HonestHome>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("page with another byte", "has the SHA-256")]
    [InlineData("page that was not asked for", "which was not asked for")]
    [InlineData("page larger than the history", "more than the history leaves for it")]
    [InlineData("page left out", "did not send page")]
    [InlineData("pages that end early", "broke")]
    [InlineData("file with another byte", "has the SHA-256")]
    [InlineData("file with more bytes", "bytes as")]
    [InlineData("file that was not asked for", "which was not asked for")]
    [InlineData("files that never end", "continues after its end mark")]
    [InlineData("files that end early", "ended before its end mark")]
    [InlineData("file left out", "did not send")]
    [InlineData("large file with another byte", "have the SHA-256")]
    [InlineData("large file that never ends", "longer than the announced")]
    [InlineData("large file that ends early", "It continues later")]
    [InlineData("history with another byte", "and it has signed")]
    [InlineData("history that never ends", "Its history has more than")]
    [InlineData("history of another dataset", "is for another dataset")]
    [InlineData("document of another dataset", "Its history is of another dataset")]
    [InlineData("statement for another zone", "is for another zone")]
    [InlineData("statement for another site", "is for another site")]
    [InlineData("statement of another epoch", "is for epoch 7")]
    [InlineData("statement of another key", "is not signed with its key")]
    [InlineData("signature with another byte", "is not signed with its key")]
    [InlineData("statement that is none", "cannot be read")]
    public async Task A_lie_ends_the_copy_and_leaves_nothing_that_can_be_read(string lie, string reason)
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);

        Result<CopyProgress> lied = await receiver.FetchAsync(honest.Lying(lie));
        SiteDataset? then = await receiver.DatasetAsync();
        Result<CopyProgress> brought = await receiver.FetchAsync(honest.Home);

        Assert.Contains(reason, lied.Error!.Message, StringComparison.Ordinal);
        Assert.Contains(honest.Home.Name, lied.Error.Message, StringComparison.Ordinal);
        Assert.Null(then);
        Assert.True(brought.IsOk, brought.Error?.Message);
        Assert.Equal(honest.Root, (await receiver.DatasetAsync())!.Root.Page);
    }

    [Fact]
    public async Task A_home_that_rewrites_what_was_copied_is_refused()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        Assert.True((await receiver.FetchAsync(honest.Home)).IsOk);

        Result<CopyProgress> lied = await receiver.FetchAsync(honest.Lying("history that was rewritten"));

        Assert.Contains("The history lacks snapshot @1", lied.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(honest.Root, (await receiver.DatasetAsync())!.Root.Page);
    }

    [Fact]
    public async Task A_home_that_says_otherwise_of_a_run_that_has_ended_is_refused()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        Assert.True((await receiver.FetchAsync(honest.Lying("history with a run"))).IsOk);

        Result<CopyProgress> lied = await receiver.FetchAsync(honest.Lying("history in which that run ended otherwise"));

        Assert.Contains("says otherwise of run 0a1b2c3d3b4e4c5d8e9f0a1b2c3d4e5f", lied.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(honest.Root, (await receiver.DatasetAsync())!.Root.Page);
    }

    [Fact]
    public async Task Taking_over_from_a_lost_home_fails_unfinished_runs_of_its_workers()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        Assert.True((await receiver.FetchAsync(honest.Lying("history with a run of workers that goes on"))).IsOk);
        SiteRun copied = await RunAsync();

        Result<Done> taken = await receiver.Site.HomeMoves.TakeOverLostAsync(honest.Order.Dataset, 2, Ct);
        SiteRun after = await RunAsync();

        Assert.True(taken.IsOk);
        Assert.Equal(("running", "failed"), (copied.State, after.State));
        Assert.Contains("was lost", after.Message, StringComparison.Ordinal);

        async Task<SiteRun> RunAsync() => Assert.Single(
            await receiver.Site.Records.ReadAsync(queries => queries.RunsInto(honest.Order.Dataset, 10), Ct));
    }
}
