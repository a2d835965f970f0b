using Hutch.Federation.Copies;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Site.Life.Maintenance;
using Hutch.Testing.Clocks;

namespace Hutch.Federation.Tests.Copies;

/// <summary>One large file comes from several sites at once. Its home says which bytes are right, part by part; whoever sends others is named.</summary>
public sealed class LargeFileTests(HomeOfLargeFile honest) : IClassFixture<HomeOfLargeFile>
{
    private const int PartBytes = 8 << 20;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The home sends a part, and no more before the other site was asked for the file.</summary>
    [Fact]
    public async Task Another_site_sends_parts_of_the_file_that_the_home_sends()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var asked = new TaskCompletionSource();
        PartPeer home = HeldUp(asked.Task);
        var other = new PartPeer(honest.Home) { OfPart = (_, bytes) => AskedAfter(asked, bytes) };

        Result<CopyProgress> brought = await FetchAsync(receiver, home, other, time: new ScaledTime(0.001));

        Assert.Equal(CopyStates.Complete, brought.Value.State);
        Assert.All(other.Asked, static asked => Assert.Equal(0, asked.Offset % PartBytes));
        Assert.NotEmpty(other.Asked);
        Assert.DoesNotContain(other.Asked, one => home.Asked.Contains(one));
        await AssertWholeAsync(receiver);
    }

    [Fact]
    public async Task A_site_that_sends_a_part_wrong_is_named_and_the_file_is_right()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var asked = new TaskCompletionSource();
        var leftOut = new List<(IHomePeer Peer, HutchError Why)>();
        PartPeer home = HeldUp(asked.Task);
        var liar = new PartPeer(honest.Home)
        {
            Name = "liar.example:8741",
            OfPart = (_, bytes) =>
            {
                bytes[0] ^= 1;
                return AskedAfter(asked, bytes);
            },
        };

        Result<CopyProgress> brought = await FetchAsync(receiver, home, liar, leftOut, time: new ScaledTime(0.001));

        Assert.Equal(CopyStates.Complete, brought.Value.State);
        (IHomePeer who, HutchError why) = Assert.Single(leftOut);
        Assert.Same(liar, who);
        Assert.StartsWith("From liar.example:8741: what came of ", why.Message, StringComparison.Ordinal);
        Assert.EndsWith(" has signed for " + HashOf(liar.Asked[0].Offset) + ".", why.Message, StringComparison.Ordinal);
        await AssertWholeAsync(receiver);
    }

    /// <summary>The home signs for other bytes than it sends, and nobody else is blamed for it.</summary>
    [Fact]
    public async Task A_home_that_signs_for_other_bytes_than_it_sends_is_named()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var asked = new TaskCompletionSource();
        var leftOut = new List<(IHomePeer Peer, HutchError Why)>();
        bool isFirst = true;
        PartPeer? other = null;
        var home = new PartPeer(honest.Home)
        {
            Name = "home.example:8741",
            OfPart = (offset, bytes) =>
            {
                bool wasFirst = isFirst;
                isFirst = false;
                if (other!.Asked.Any(one => one.Offset == offset))
                {
                    // It is asked for the part, too, as the other site has sent it wrong.
                    bytes[0] ^= 2;
                }

                return wasFirst ? new HeldUpStream(bytes, PartBytes, asked.Task) : new MemoryStream(bytes);
            },
        };
        other = new PartPeer(honest.Home)
        {
            OfPart = (_, bytes) =>
            {
                if (leftOut.Count == 0)
                {
                    bytes[0] ^= 1;
                }

                return AskedAfter(asked, bytes);
            },
        };

        await FetchAsync(receiver, home, other, leftOut, time: new ScaledTime(0.001));

        Assert.Equal("home.example:8741", leftOut[0].Peer.Name);
        Assert.Contains("home.example:8741 has signed for", leftOut[0].Why.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_that_does_not_come_comes_from_the_home()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var asked = new TaskCompletionSource();
        PartPeer home = HeldUp(asked.Task);
        var stuck = new StuckStream();
        var other = new PartPeer(honest.Home)
        {
            OfPart = (_, _) =>
            {
                asked.TrySetResult();
                return stuck;
            },
        };

        Result<CopyProgress> brought = await FetchAsync(receiver, home, other);

        Assert.Equal(CopyStates.Complete, brought.Value.State);
        Assert.Contains(home.Asked, one => one.Offset == other.Asked[0].Offset);
        await AssertWholeAsync(receiver);
    }

    [Fact]
    public async Task A_site_whose_connection_breaks_in_a_part_is_left_out()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var asked = new TaskCompletionSource();
        var leftOut = new List<(IHomePeer Peer, HutchError Why)>();
        PartPeer home = HeldUp(asked.Task);
        var other = new PartPeer(honest.Home) { OfPart = (_, bytes) => AskedAfter(asked, bytes[..1000]) };

        Result<CopyProgress> brought = await FetchAsync(receiver, home, other, leftOut, time: new ScaledTime(0.001));

        Assert.Equal(CopyStates.Complete, brought.Value.State);
        Assert.Same(other, Assert.Single(leftOut).Peer);
        await AssertWholeAsync(receiver);
    }

    [Fact]
    public async Task A_site_whose_request_times_out_in_a_part_is_left_out()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var asked = new TaskCompletionSource();
        var leftOut = new List<(IHomePeer Peer, HutchError Why)>();
        PartPeer home = HeldUp(asked.Task);
        var other = new PartPeer(honest.Home)
        {
            OfPart = (_, bytes) =>
            {
                asked.TrySetResult();
                return new TimedOutStream(bytes, 1000);
            },
        };

        Result<CopyProgress> brought = await FetchAsync(receiver, home, other, leftOut, time: new ScaledTime(0.001));

        Assert.Equal(CopyStates.Complete, brought.Value.State);
        Assert.Same(other, Assert.Single(leftOut).Peer);
        await AssertWholeAsync(receiver);
    }

    /// <summary>The part is here, and nobody says whether it is right; the question does not even end when it is given up.</summary>
    [Fact]
    public async Task From_a_home_that_never_says_which_bytes_are_right_the_file_comes_alone()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var asked = new TaskCompletionSource();
        var leftOut = new List<(IHomePeer Peer, HutchError Why)>();
        var home = new PartPeer(honest.Home)
        {
            OfPart = (_, bytes) => new HeldUpStream(bytes, PartBytes, asked.Task),
            OfHashes = new TaskCompletionSource<Result<Stream>>().Task,
        };
        var other = new PartPeer(honest.Home) { OfPart = (_, bytes) => AskedAfter(asked, bytes) };

        Result<CopyProgress> brought = await FetchAsync(receiver, home, other, leftOut);

        Assert.Equal(CopyStates.Complete, brought.Value.State);
        Assert.Empty(leftOut);
        Assert.Single(other.Asked);
        await AssertWholeAsync(receiver);
    }

    /// <summary>Which bytes are right, it does not say.</summary>
    [Fact]
    public async Task From_a_home_of_an_earlier_release_the_file_comes_alone()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var asked = new TaskCompletionSource();
        var leftOut = new List<(IHomePeer Peer, HutchError Why)>();
        PartPeer home = HeldUp(asked.Task, signs: false);
        var other = new PartPeer(honest.Home) { OfPart = (_, bytes) => AskedAfter(asked, bytes) };

        Result<CopyProgress> brought = await FetchAsync(receiver, home, other, leftOut, time: new ScaledTime(0.001));

        Assert.Equal(CopyStates.Complete, brought.Value.State);
        Assert.Empty(leftOut);
        Assert.Single(other.Asked);
        await AssertWholeAsync(receiver);
    }

    /// <summary>The home sends the beginning, and goes away when the other site has brought a part that lies ahead.</summary>
    [Fact]
    public async Task When_the_home_goes_away_in_the_file_the_other_site_brings_the_rest_of_it()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var asked = new TaskCompletionSource();
        int calls = 0;
        var home = new PartPeer(honest.Home)
        {
            OfPart = (_, bytes) => calls++ == 0
                ? new HeldUpStream(bytes[..(PartBytes + 1000)], PartBytes, asked.Task)
                : throw new IOException("It is gone."),
        };
        var other = new PartPeer(honest.Home) { OfPart = (_, bytes) => AskedAfter(asked, bytes) };

        Result<CopyProgress> brought = await FetchAsync(receiver, home, other, time: new ScaledTime(0.001));

        Assert.Equal(CopyStates.Complete, brought.Value.State);
        Assert.Contains(other.Asked, static one => one.Offset is > PartBytes and < 2 * PartBytes);
        await AssertWholeAsync(receiver);
    }

    /// <summary>The home was slow, and its file is another site's, which sends it wrong: it comes again, and not from the home.</summary>
    [Fact]
    public async Task Other_sites_send_the_parts_assigned_to_a_home_that_fails()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var never = new TaskCompletionSource();
        var failed = new TaskCompletionSource();
        int calls = 0, whole = 0;
        var home = new PartPeer(honest.Home)
        {
            OfPart = (_, bytes) =>
            {
                if (calls++ == 0)
                {
                    return new HeldUpStream(bytes, PartBytes, never.Task);
                }

                failed.TrySetResult();
                throw new IOException("It is gone.");
            },
        };
        var other = new PartPeer(honest.Home)
        {
            OfPart = (_, bytes) =>
            {
                if (bytes.Length <= PartBytes || whole++ > 0)
                {
                    return new MemoryStream(bytes);
                }

                bytes[0] ^= 1;
                return new HeldUpStream(bytes, PartBytes, failed.Task);
            },
        };

        Result<CopyProgress> brought = await FetchAsync(receiver, home, other);

        Assert.Equal(CopyStates.Complete, brought.Value.State);
        await AssertWholeAsync(receiver);
    }

    private BlobHash HashOf(long offset)
    {
        byte[] file = Copied.Bytes(honest.LargeBytes, 3);
        return BlobHash.Compute(file.AsSpan((int)offset, (int)Math.Min(PartBytes, file.Length - offset)));
    }

    /// <summary>A home that sends the first part of the file, and the rest when it is let go.</summary>
    private PartPeer HeldUp(Task letGo, bool signs = true) => new(honest.Home)
    {
        OfPart = (_, bytes) => new HeldUpStream(bytes, PartBytes, letGo),
        OfHashes = signs ? null : Task.FromResult<Result<Stream>>(ErrorCode.NotFound.With("There is no such request between sites.")),
    };

    private static MemoryStream AskedAfter(TaskCompletionSource asked, byte[] bytes)
    {
        asked.TrySetResult();
        return new MemoryStream(bytes);
    }

    /// <param name="time">By <see cref="ScaledTime"/> no site becomes slow, so that none takes the whole file over from another.</param>
    private Task<Result<CopyProgress>> FetchAsync(
        Receiver receiver, IHomePeer home, IHomePeer other, List<(IHomePeer, HutchError)>? leftOut = null, TimeProvider? time = null) =>
        new CopyTransfer(
            home, honest.Reports, receiver.Site.Copies, honest.Order, static _ => ValueTask.FromResult(false),
            static _ => ValueTask.FromResult(false), null, time ?? TimeProvider.System)
        {
            Others = _ => Task.FromResult<IReadOnlyList<IHomePeer>>([other]),
            LeftOut = (peer, why) => leftOut?.Add((peer, why)),
        }.RunAsync(Ct);

    private static async Task AssertWholeAsync(Receiver receiver)
    {
        VerifyProgress verified = await receiver.VerifyAsync();
        Assert.Equal((3L, 0), (verified.Files, verified.Problems.Count));
    }

    /// <summary>A site that may send parts of large files in another way, and knows for which it was asked.</summary>
    private sealed class PartPeer(IHomePeer honest) : PassingPeer(honest)
    {
        private readonly List<(long Offset, long Until)> _asked = [];

        /// <summary>Says what is sent, of what would be.</summary>
        public required Func<long, byte[], Stream> OfPart { get; init; }

        /// <summary>What it answers to the question for hashes; null for what is right.</summary>
        public Task<Result<Stream>>? OfHashes { get; init; }

        public IReadOnlyList<(long Offset, long Until)> Asked
        {
            get
            {
                lock (_asked)
                {
                    return [.. _asked];
                }
            }
        }

        public override async Task<Result<Stream>> PartAsync(
            DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct)
        {
            lock (_asked)
            {
                _asked.Add((offset, until));
            }

            await using Stream body = (await Inner.PartAsync(dataset, page, blob, offset, until, ct)).Value;
            using var bytes = new MemoryStream();
            await body.CopyToAsync(bytes, ct);
            return OfPart(offset, bytes.ToArray());
        }

        public override Task<Result<Stream>> HashesAsync(
            DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct) =>
            OfHashes ?? Inner.HashesAsync(dataset, page, blob, offset, until, ct);
    }
}
