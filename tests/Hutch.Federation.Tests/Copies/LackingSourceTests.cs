using Hutch.Federation.Copies;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Site.Life.Maintenance;

namespace Hutch.Federation.Tests.Copies;

/// <summary>Sites say of single files that they do not have them, truly or not.</summary>
public sealed class LackingSourceTests(LackingSourceTests.HomeOfMany honest) : IClassFixture<LackingSourceTests.HomeOfMany>
{
    private static readonly BlobHash One = BlobHash.Compute(Copied.Bytes(1000, 1));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private BlobHash Large => BlobHash.Compute(Copied.Bytes(honest.LargeBytes, 3));

    [Fact]
    public async Task What_the_home_lacks_is_named_by_the_pages_and_the_copy_is_not_there()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);

        CopyProgress lacking = (await receiver.FetchAsync(new LackingPeer(honest.Home, IsOneOrLarge))).Value;
        bool isThere = await receiver.DatasetAsync() is not null;
        CopyProgress whole = (await receiver.FetchAsync(honest.Home)).Value;

        Assert.Equal((CopyStates.Failed, 2L), (lacking.State, lacking.Failures!.Count));
        Assert.Equal(["a/one.bin", "large.bin"], lacking.Failures.Files.Select(static file => file.Path).Order());
        Assert.Equal(lacking.Files - 2, lacking.FilesDone);
        Assert.Null(lacking.History);
        Assert.False(isThere);
        Assert.Equal((CopyStates.Complete, null), (whole.State, whole.Failures));
        await AssertWholeAsync(receiver);
    }

    [Fact]
    public async Task What_the_home_lacks_comes_from_another_site_and_then_nothing_has_failed()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var leftOut = new List<IHomePeer>();

        CopyProgress brought = (await FetchAsync(
            receiver, new LackingPeer(honest.Home, IsOneOrLarge), honest.Home, leftOut)).Value;

        Assert.Equal((CopyStates.Complete, null), (brought.State, brought.Failures));
        Assert.Empty(leftOut);
        await AssertWholeAsync(receiver);
    }

    [Fact]
    public async Task Sites_that_lack_different_files_make_up_a_whole_copy()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);

        CopyProgress brought = (await FetchAsync(
            receiver, new LackingPeer(honest.Home, blob => blob == One), new LackingPeer(honest.Home, blob => blob == Large), [])).Value;

        Assert.Equal(CopyStates.Complete, brought.State);
        await AssertWholeAsync(receiver);
    }

    [Fact]
    public async Task A_file_that_no_site_has_is_named_when_all_have_said_so()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);

        CopyProgress brought = (await FetchAsync(
            receiver, new LackingPeer(honest.Home, IsOneOrLarge), new LackingPeer(honest.Home, blob => blob == One), [])).Value;

        Assert.Equal("a/one.bin", Assert.Single(brought.Failures!.Files).Path);
    }

    [Fact]
    public async Task What_the_home_lacks_and_another_site_sends_wrong_is_named()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var leftOut = new List<IHomePeer>();
        IHomePeer liar = honest.Lying("file with another byte");

        CopyProgress brought = (await FetchAsync(receiver, new LackingPeer(honest.Home, blob => blob == One), liar, leftOut)).Value;

        Assert.Equal("a/one.bin", Assert.Single(brought.Failures!.Files).Path);
        Assert.Same(liar, Assert.Single(leftOut));
    }

    [Theory]
    [InlineData("unavailable")]
    [InlineData("not-found")]
    [InlineData("internal")]
    public async Task Another_refusal_is_no_failure_of_a_file(string code)
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        HutchError refusal = ErrorCode.All.Single(one => one.Name == code).With("No.");

        Result<CopyProgress> brought = await receiver.FetchAsync(
            new LackingPeer(honest.Home, blob => blob == One) { Refusal = refusal });

        Assert.Equal(ErrorCode.Unavailable, brought.Error!.Code);
        Assert.Contains("No.", brought.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_home_of_an_earlier_release_that_refuses_all_ends_the_copy_as_before()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);

        Result<CopyProgress> brought = await receiver.FetchAsync(new LackingPeer(honest.Home, blob => blob == One) { IsEarlier = true });

        Assert.Equal(ErrorCode.Unavailable, brought.Error!.Code);
        Assert.Contains("The stored bytes are damaged.", brought.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_home_that_gives_nothing_and_says_much_is_asked_a_bounded_number_of_times_and_shown_in_little_room()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var mute = new LackingPeer(honest.Home, static _ => true)
        {
            Refusal = ErrorCode.Gone.With("\u001b[2Jgone\n" + new string('x', 100_000)),
        };

        CopyProgress brought = (await receiver.FetchAsync(mute)).Value;

        Assert.Equal((CopyStates.Failed, honest.MoreFiles + 3L), (brought.State, brought.Failures!.Count));
        Assert.Equal(CopyFailures.MaxFiles, brought.Failures.Files.Count);
        Assert.All(brought.Failures.Files, static file => Assert.True(file.Why.Length < 400 && !file.Why.Any(char.IsControl)));
        Assert.InRange(mute.Refused, 1, 100);
    }

    private bool IsOneOrLarge(BlobHash blob) => blob == One || blob == Large;

    private Task<Result<CopyProgress>> FetchAsync(Receiver receiver, IHomePeer home, IHomePeer other, List<IHomePeer> leftOut) =>
        new CopyTransfer(
            home, honest.Reports, receiver.Site.Copies, honest.Order, static _ => ValueTask.FromResult(false),
            static _ => ValueTask.FromResult(false), null, TimeProvider.System)
        {
            Others = _ => Task.FromResult<IReadOnlyList<IHomePeer>>([other]),
            LeftOut = (peer, _) => leftOut.Add(peer),
        }.RunAsync(Ct);

    private async Task AssertWholeAsync(Receiver receiver)
    {
        VerifyProgress verified = await receiver.VerifyAsync();
        Assert.Equal((honest.MoreFiles + 3L, 0), (verified.Files, verified.Problems.Count));
    }

    /// <summary>A home whose dataset has more small files than are asked for alone.</summary>
    public sealed class HomeOfMany : HonestHome
    {
        internal override int MoreFiles => 150;
    }
}
