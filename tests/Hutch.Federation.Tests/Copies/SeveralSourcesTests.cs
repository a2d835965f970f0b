using Hutch.Federation.Copies;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Site.Maintenance;

namespace Hutch.Federation.Tests.Copies;

/// <summary>A copy comes from the home and from another site that has one, at the same time; whatever one of them does, each byte is right.</summary>
public sealed class SeveralSourcesTests(HonestHome honest) : IClassFixture<HonestHome>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Each begins with nothing before both have been asked: neither could bring all.</summary>
    [Fact(Timeout = 30_000)]
    public async Task Both_send_at_the_same_time()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var both = new Barrier();
        CountingPeer home = new(honest.Home) { Before = both.ArriveAsync };
        CountingPeer other = new(honest.Home) { Before = both.ArriveAsync };

        Result<CopyProgress> brought = await BringAsync(receiver, home, other);

        Assert.Equal(CopyStates.Complete, brought.Value.State);
        Assert.True(home.Asked > 0 && other.Asked > 0, $"{home.Asked} and {other.Asked}");
        await AssertWholeAsync(receiver);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("file with another byte", "large file with another byte")]
    [InlineData("file that was not asked for", "large file that ends early")]
    [InlineData("files that end early", "large file with another byte")]
    [InlineData("file left out", "large file that ends early")]
    public async Task What_another_site_says_wrong_comes_from_the_home_and_that_site_is_named(string lie, string largeLie)
    {
        var liar = new LyingHome(honest.Home) { OfBlobs = honest.Lying(lie).OfBlobs, OfPart = honest.Lying(largeLie).OfPart };

        await AssertLeftOutAsync(liar);
    }

    /// <summary>Its bytes are in the file when the home has sent the rest of it: nobody knows then whose are wrong, and it comes again.</summary>
    [Fact(Timeout = 30_000)]
    public Task A_file_of_which_two_sites_have_sent_parts_comes_again_when_its_hash_is_wrong() => AssertLeftOutAsync(new LyingHome(honest.Home)
    {
        OfBlobs = static bytes => new MemoryStream(bytes[..700]),
        OfPart = static bytes =>
        {
            bytes[1 << 20] ^= 1;
            return new MemoryStream(bytes, 0, (8 << 20) + 100_000);
        },
    });

    [Fact(Timeout = 30_000)]
    public async Task When_the_home_goes_away_in_the_middle_the_other_site_brings_the_rest()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var gone = new LyingHome(honest.Home)
        {
            OfBlobs = static bytes => new MemoryStream(bytes[..700]),
            OfPart = static bytes => new MemoryStream(bytes[..(1 << 20)]),
        };

        Result<CopyProgress> brought = await BringAsync(receiver, gone, honest.Home);

        Assert.Equal(CopyStates.Complete, brought.Value.State);
        await AssertWholeAsync(receiver);
    }

    /// <summary>Whoever sends nothing does not hold up who could send it.</summary>
    [Fact(Timeout = 60_000)]
    public async Task A_site_that_is_much_slower_gives_its_rest_back()
    {
        var stuck = new StuckStream();
        await AssertLeftOutAsync(new LyingHome(honest.Home) { OfPart = _ => stuck, OfBlobs = _ => stuck }, stuck.Asked);
    }

    [Fact(Timeout = 30_000)]
    public async Task When_nobody_sends_what_is_right_there_is_no_copy()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);

        Result<CopyProgress> brought = await BringAsync(
            receiver, honest.Lying("large file with another byte"), honest.Lying("large file with another byte"));

        Assert.False(brought.IsOk);
        Assert.Null((await receiver.DatasetAsync())?.Copy);
    }

    /// <summary>The home sends nothing before the other site has done its worst.</summary>
    private async Task AssertLeftOutAsync(LyingHome liar, Task? worst = null)
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var isLeftOut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leftOut = new List<IHomePeer>();
        CountingPeer home = new(honest.Home) { Before = _ => worst ?? isLeftOut.Task };

        Result<CopyProgress> brought = await BringAsync(receiver, home, liar, peer =>
        {
            leftOut.Add(peer);
            isLeftOut.TrySetResult();
        });

        Assert.Equal(CopyStates.Complete, brought.Value.State);
        Assert.Same(liar, Assert.Single(leftOut));
        await AssertWholeAsync(receiver);
    }

    private Task<Result<CopyProgress>> BringAsync(Receiver receiver, IHomePeer home, IHomePeer other, Action<IHomePeer>? leftOut = null) =>
        new CopyTransfer(
            home, honest.Ledger, receiver.Site.Copies, honest.Order, static _ => ValueTask.FromResult(false),
            static _ => ValueTask.FromResult(false), null, TimeProvider.System)
        {
            Others = _ => Task.FromResult<IReadOnlyList<IHomePeer>>([other]),
            LeftOut = (peer, _) => leftOut?.Invoke(peer),
        }.RunAsync(Ct);

    private static async Task AssertWholeAsync(Receiver receiver)
    {
        VerifyProgress verified = await receiver.VerifyAsync();
        Assert.Equal((3L, 0), (verified.Files, verified.Problems.Count));
    }

    /// <summary>Lets two go on together.</summary>
    private sealed class Barrier
    {
        private readonly TaskCompletionSource _both = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _arrived;

        public Task ArriveAsync(bool isLarge)
        {
            if (Interlocked.Increment(ref _arrived) == 2)
            {
                _both.TrySetResult();
            }

            return _both.Task;
        }
    }

    /// <summary>A site that counts how often it is asked for files.</summary>
    private sealed class CountingPeer(IHomePeer inner) : IHomePeer
    {
        public Func<bool, Task> Before { get; init; } = static _ => Task.CompletedTask;

        public int Asked { get; private set; }

        public string Name => inner.Name;

        public BlobHash Key => inner.Key;

        public long Answers => inner.Answers;

        public Task<Result<OfferedHistory?>> HistoryAsync(DatasetId dataset, BlobHash? known, CancellationToken ct) =>
            inner.HistoryAsync(dataset, known, ct);

        public Task<Result<Stream>> PagesAsync(DatasetId dataset, IReadOnlyList<BlobHash> pages, CancellationToken ct) =>
            inner.PagesAsync(dataset, pages, ct);

        public async Task<Result<Stream>> BlobsAsync(DatasetId dataset, IReadOnlyList<PageBlobs> pages, CancellationToken ct)
        {
            Asked++;
            await Before(false);
            return await inner.BlobsAsync(dataset, pages, ct);
        }

        public async Task<Result<Stream>> PartAsync(DatasetId dataset, BlobHash page, BlobHash blob, long offset, CancellationToken ct)
        {
            Asked++;
            await Before(true);
            return await inner.PartAsync(dataset, page, blob, offset, ct);
        }

        public Task<Result<Stream>> ExtentsAsync(DatasetId dataset, BlobHash page, BlobHash blob, long offset, CancellationToken ct) =>
            inner.ExtentsAsync(dataset, page, blob, offset, ct);
    }
}
