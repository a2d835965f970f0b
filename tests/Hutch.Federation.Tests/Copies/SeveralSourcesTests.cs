using Hutch.Federation.Copies;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Site.Life.Maintenance;
using Hutch.Testing.Clocks;

namespace Hutch.Federation.Tests.Copies;

/// <summary>A copy comes from the home and from another site that has one, at the same time; whatever one of them does, each byte is right.</summary>
public sealed class SeveralSourcesTests(HonestHome honest) : IClassFixture<HonestHome>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Each begins with nothing before both have been asked: neither could bring all.</summary>
    [Fact]
    public async Task Both_send_at_the_same_time()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var both = new Barrier();
        CountingPeer home = new(honest.Home) { Before = both.ArriveAsync };
        CountingPeer other = new(honest.Home) { Before = both.ArriveAsync };

        Result<CopyProgress> brought = await FetchAsync(receiver, home, other);

        Assert.Equal(CopyStates.Complete, brought.Value.State);
        Assert.True(home.Asked > 0 && other.Asked > 0, $"{home.Asked} and {other.Asked}");
        await AssertWholeAsync(receiver);
    }

    [Theory]
    [InlineData("file with another byte")]
    [InlineData("file that was not asked for")]
    [InlineData("files that end early")]
    [InlineData("file left out")]
    public Task What_another_site_says_wrong_comes_from_the_home_and_that_site_is_named(string lie) =>
        AssertLeftOutAsync(honest.Lying(lie));

    [Theory]
    [InlineData("large file with another byte")]
    [InlineData("large file that ends early")]
    public Task A_large_file_that_another_site_sends_wrong_comes_from_the_home_and_that_site_is_named(string lie) =>
        AssertLeftOutAsync(honest.Lying(lie));

    /// <summary>Its bytes are in the file when the home has sent the rest of it: nobody knows then whose are wrong, and it comes again.</summary>
    [Fact]
    public Task A_file_with_parts_from_two_sites_is_downloaded_again_when_its_hash_is_wrong() => AssertLeftOutAsync(new LyingHome(honest.Home)
    {
        OfPart = static bytes =>
        {
            bytes[1 << 20] ^= 1;
            return new MemoryStream(bytes, 0, (8 << 20) + 100_000);
        },
    });

    /// <summary>The site is fast with what is right, and takes a file over from the home to spoil it.</summary>
    [Fact]
    public async Task A_file_that_is_wrong_after_the_home_and_another_site_sent_it_comes_from_the_home_alone()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var never = new TaskCompletionSource();
        int asked = 0;
        var home = new LyingHome(honest.Home)
        {
            OfPart = bytes => ++asked == 1 ? new HeldUpStream(bytes, 1 << 20, never.Task) : new MemoryStream(bytes),
        };

        Result<CopyProgress> brought = await FetchAsync(receiver, home, honest.Lying("large file with another byte"));

        Assert.Equal(CopyStates.Complete, brought.Value.State);
        Assert.Equal(2, asked);
        await AssertWholeAsync(receiver);
    }

    /// <summary>A full disk there is none here, and a fault there ends nothing here.</summary>
    [Theory]
    [InlineData("insufficient-storage")]
    [InlineData("internal")]
    [InlineData("outcome-unknown")]
    [InlineData("not-found")]
    public Task A_site_that_refuses_is_left_out_whatever_it_says(string code) =>
        AssertLeftOutAsync(new CountingPeer(honest.Home) { Refusal = Refusal(code) });

    [Theory]
    [InlineData("insufficient-storage")]
    [InlineData("internal")]
    public async Task What_the_home_refuses_is_not_the_fault_of_this_site(string code)
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var home = new CountingPeer(honest.Home) { Refusal = Refusal(code) };

        HutchError refused = (await receiver.FetchAsync(home)).Error!;

        Assert.Equal((ErrorCode.Unavailable, $"From {home.Name}: No."), (refused.Code, refused.Message));
    }

    [Fact]
    public async Task An_error_names_the_source_of_wrong_bytes_and_not_the_home()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var why = new TaskCompletionSource<string>();
        CountingPeer home = new(honest.Home) { Before = _ => why.Task };
        CountingPeer other = new(honest.Lying("file with another byte")) { Name = "other.example:8741" };

        await FetchAsync(receiver, home, [other], (_, fault) => why.SetResult(fault.Message));

        Assert.StartsWith("From other.example:8741: ", await why.Task, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_home_goes_away_in_the_middle_the_other_site_brings_the_rest()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var gone = new LyingHome(honest.Home)
        {
            OfBlobs = static bytes => new MemoryStream(bytes[..700]),
            OfPart = static bytes => new MemoryStream(bytes[..(1 << 20)]),
        };

        Result<CopyProgress> brought = await FetchAsync(receiver, gone, honest.Home);

        Assert.Equal(CopyStates.Complete, brought.Value.State);
        await AssertWholeAsync(receiver);
    }

    /// <summary>A time-out below HTTP is a cancellation that nobody here has asked for.</summary>
    [Theory]
    [InlineData(700, 1 << 20)]
    [InlineData(0, 0)]
    public async Task When_a_request_to_the_home_times_out_in_the_middle_the_other_site_brings_the_rest(int ofBlobs, int ofPart)
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var leftOut = new List<IHomePeer>();
        var home = new LyingHome(honest.Home)
        {
            OfBlobs = bytes => new TimedOutStream(bytes, ofBlobs),
            OfPart = bytes => new TimedOutStream(bytes, ofPart),
        };

        Result<CopyProgress> brought = await FetchAsync(receiver, home, [honest.Home], (peer, _) => leftOut.Add(peer));

        Assert.Equal(CopyStates.Complete, brought.Value.State);
        Assert.Same(home, Assert.Single(leftOut));
        await AssertWholeAsync(receiver);
    }

    [Fact]
    public async Task A_copy_ends_when_all_its_requests_time_out()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        LyingHome[] sites = [.. Enumerable.Range(0, 2).Select(_ => new LyingHome(honest.Home)
        {
            OfBlobs = static bytes => new TimedOutStream(bytes, 700),
            OfPart = static bytes => new TimedOutStream(bytes, 1 << 20),
        })];

        Result<CopyProgress> brought = await FetchAsync(receiver, sites[0], sites[1]);

        Assert.Equal(ErrorCode.Unavailable, brought.Error!.Code);
    }

    /// <summary>Whoever sends nothing does not hold up who could send it.</summary>
    [Fact]
    public async Task A_site_that_is_much_slower_gives_its_rest_back_and_is_not_left_out()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var stuck = new StuckStream();
        var leftOut = new List<IHomePeer>();
        CountingPeer home = new(honest.Home) { Before = _ => stuck.Asked };
        var other = new LyingHome(honest.Home) { OfPart = _ => stuck, OfBlobs = _ => stuck };

        Result<CopyProgress> brought = await FetchAsync(receiver, home, [other], (peer, _) => leftOut.Add(peer));

        Assert.Equal(CopyStates.Complete, brought.Value.State);
        Assert.Empty(leftOut);
        await AssertWholeAsync(receiver);
    }

    /// <summary>Home and one site hang; nobody knows how fast the third is, as it has had nothing to do.</summary>
    [Fact]
    public async Task A_site_that_has_brought_nothing_takes_over_what_another_one_has_had_for_long()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var time = new ShiftedTime();
        StuckStream atHome = new(), elsewhere = new();
        int asked = 0;
        var home = new LyingHome(honest.Home) { OfPart = _ => atHome, OfBlobs = _ => atHome };
        LyingHome[] others = [.. Enumerable.Range(0, 2).Select(_ => new LyingHome(honest.Home)
        {
            OfBlobs = bytes => Interlocked.Increment(ref asked) == 1 ? elsewhere : new MemoryStream(bytes),
        })];

        Task<Result<CopyProgress>> bringing = FetchAsync(receiver, home, others, time: time);
        await Task.WhenAll(atHome.Asked, elsewhere.Asked);
        time.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(CopyStates.Complete, (await bringing).Value.State);
        await AssertWholeAsync(receiver);
    }

    /// <summary>Each of them looks as if it sent nothing, and both are known to have sent nothing before.</summary>
    [Fact]
    public async Task Two_sites_that_are_slow_to_begin_do_not_take_a_file_from_each_other_for_ever()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var time = new ShiftedTime();
        var asked = new TaskCompletionSource();
        int large = 0;
        async Task BeginAsync(bool isLarge)
        {
            if (isLarge && Interlocked.Increment(ref large) == 1)
            {
                asked.TrySetResult();
                await new TaskCompletionSource().Task;
            }

            await Task.Delay(isLarge ? TimeSpan.FromSeconds(3) : TimeSpan.Zero, Ct);
        }

        CountingPeer home = new(honest.Home) { Before = BeginAsync };
        CountingPeer other = new(honest.Home) { Before = BeginAsync };

        Task<Result<CopyProgress>> bringing = FetchAsync(receiver, home, [other], time: time);
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(CopyStates.Complete, (await bringing).Value.State);
        await AssertWholeAsync(receiver);
    }

    [Fact]
    public async Task No_copy_appears_when_all_sources_send_wrong_bytes()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);

        Result<CopyProgress> brought = await FetchAsync(
            receiver, honest.Lying("large file with another byte"), honest.Lying("large file with another byte"));

        Assert.False(brought.IsOk);
        Assert.Null((await receiver.DatasetAsync())?.Copy);
    }

    private static HutchError Refusal(string code) => ErrorCode.All.Single(one => one.Name == code).With("No.");

    /// <summary>The home begins with the large file, and sends nothing of it before the other site has done its worst.</summary>
    private async Task AssertLeftOutAsync(IHomePeer liar)
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var isLeftOut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leftOut = new List<IHomePeer>();
        CountingPeer home = new(honest.Home) { Before = _ => isLeftOut.Task };

        Result<CopyProgress> brought = await FetchAsync(receiver, home, [liar], (peer, _) =>
        {
            leftOut.Add(peer);
            isLeftOut.TrySetResult();
        });

        Assert.Equal(CopyStates.Complete, brought.Value.State);
        Assert.Same(liar, Assert.Single(leftOut));
        await AssertWholeAsync(receiver);
    }

    private Task<Result<CopyProgress>> FetchAsync(Receiver receiver, IHomePeer home, IHomePeer other) =>
        FetchAsync(receiver, home, [other]);

    private Task<Result<CopyProgress>> FetchAsync(
        Receiver receiver, IHomePeer home, IReadOnlyList<IHomePeer> others, Action<IHomePeer, HutchError>? leftOut = null,
        TimeProvider? time = null) =>
        new CopyTransfer(
            home, honest.Reports, receiver.Site.Copies, honest.Order, static _ => ValueTask.FromResult(false),
            static _ => ValueTask.FromResult(false), null, time ?? TimeProvider.System)
        {
            Others = _ => Task.FromResult(others),
            LeftOut = (peer, why) => leftOut?.Invoke(peer, why),
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

    /// <summary>A site that counts how often it is asked for files, and may refuse.</summary>
    private sealed class CountingPeer(IHomePeer inner) : PassingPeer(inner)
    {
        public Func<bool, Task> Before { get; init; } = static _ => Task.CompletedTask;

        public HutchError? Refusal { get; init; }

        public int Asked { get; private set; }

        public override async Task<Result<Stream>> BlobsAsync(DatasetId dataset, IReadOnlyList<PageBlobs> pages, CancellationToken ct)
        {
            Asked++;
            await Before(false).WaitAsync(ct);
            return Refusal is not null ? Refusal : await Inner.BlobsAsync(dataset, pages, ct);
        }

        public override async Task<Result<Stream>> PartAsync(
            DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct)
        {
            Asked++;
            await Before(true).WaitAsync(ct);
            return Refusal is not null ? Refusal : await Inner.PartAsync(dataset, page, blob, offset, until, ct);
        }
    }
}
