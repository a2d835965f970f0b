using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Site.Life.Maintenance;

namespace Hutch.Federation.Tests.Copies;

/// <summary>Copies over a network that cuts and damages what it carries, to a site that stops in between.</summary>
public sealed class CopyRecoveryTests(HonestHome honest) : IClassFixture<HonestHome>
{
    private const int MaxTries = 200;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 6)];

    [Fact]
    public async Task A_resumed_copy_does_not_count_earlier_bytes_as_moved()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        await using Receiver other = await Receiver.StartAsync(honest);
        CopyProgress atOnce = (await other.FetchAsync(honest.Home)).Value;

        Result<CopyProgress> brokenOff = await receiver.FetchAsync(honest.Lying("large file that ends early"));
        CopyProgress rest = (await receiver.FetchAsync(honest.Home)).Value;

        Assert.False(brokenOff.IsOk);
        Assert.Equal(atOnce.Bytes, rest.Bytes);
        Assert.InRange(rest.Moved!.Value, 1, atOnce.Moved!.Value - 1);
    }

    [Fact]
    public async Task A_file_that_is_in_two_versions_counts_once()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);

        CopyProgress brought = (await receiver.FetchAsync(honest.Home)).Value;

        Assert.Equal((3, 1000 + 3_000_000 + honest.LargeBytes), (brought.Files, brought.Bytes));
    }

    /// <summary>The same seed is the same story.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_copy_is_whole_or_not_there_and_is_whole_when_the_faults_end(int seed)
    {
        var chance = new Random(seed);
        await using Receiver receiver = await Receiver.StartAsync(honest);
        Result<CopyProgress> brought = ErrorCode.Unavailable.With("not yet");
        for (int tries = 0; tries < MaxTries && !brought.IsOk; tries++)
        {
            bool isFaulty = tries < 12;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            var home = new LyingHome(honest.Home)
            {
                OfPages = bytes => Disturb(bytes, isFaulty, chance, stop),
                OfBlobs = bytes => Disturb(bytes, isFaulty, chance, stop),
                OfPart = bytes => Disturb(bytes, isFaulty, chance, stop),
            };
            try
            {
                brought = await receiver.FetchAsync(home, stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested && !Ct.IsCancellationRequested)
            {
                await receiver.RestartAsync();
            }

            SiteDataset? there = await receiver.DatasetAsync();
            Assert.Equal(brought.IsOk, there is not null);
        }

        Assert.True(brought.IsOk, brought.Error?.Message);
        await receiver.RestartAsync();
        Assert.Equal(honest.Root, (await receiver.DatasetAsync())!.Root.Page);
        VerifyProgress verified = await receiver.VerifyAsync();
        Assert.Equal(3, verified.Files);
        Assert.Empty(verified.Problems);
    }

    [Fact]
    public async Task What_came_before_a_stop_is_not_fetched_again()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var asked = new List<string>();
        LyingHome Noting(int partBytes) => new(honest.Home)
        {
            OfPages = bytes => Note("pages", bytes, bytes.Length),
            OfBlobs = bytes => Note("blobs", bytes, bytes.Length),
            OfPart = bytes => Note("part", bytes, Math.Min(partBytes, bytes.Length)),
        };
        MemoryStream Note(string what, byte[] bytes, int length)
        {
            asked.Add($"{what} {bytes.Length}");
            return new MemoryStream(bytes[..length]);
        }

        Result<CopyProgress> first = await receiver.FetchAsync(Noting(5 << 20));
        string[] before = [.. asked];
        asked.Clear();
        await receiver.RestartAsync();
        Result<CopyProgress> second = await receiver.FetchAsync(Noting(int.MaxValue));

        Assert.False(first.IsOk);
        Assert.True(second.IsOk, second.Error?.Message);
        Assert.Contains($"part {(9 << 20) + 1}", before);
        Assert.Contains($"part {(4 << 20) + 1}", asked);
        Assert.DoesNotContain(asked, static one => one.StartsWith("pages", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_large_file_that_came_wrong_before_the_connection_broke_is_not_taken_for_whole()
    {
        await using Receiver receiver = await Receiver.StartAsync(honest);
        var home = new LyingHome(honest.Home) { OfPart = static bytes => new BrokenAtItsEnd([(byte)~bytes[0], .. bytes[1..]]) };

        Result<CopyProgress> broken = await receiver.FetchAsync(home);
        Result<CopyProgress> brought = await receiver.FetchAsync(honest.Home);
        if (!brought.IsOk)
        {
            brought = await receiver.FetchAsync(honest.Home);
        }

        Assert.False(broken.IsOk);
        Assert.True(brought.IsOk, brought.Error?.Message);
        VerifyProgress verified = await receiver.VerifyAsync();
        Assert.Equal(3, verified.Files);
        Assert.Empty(verified.Problems);
    }

    private static MemoryStream Disturb(byte[] bytes, bool isFaulty, Random chance, CancellationTokenSource stop)
    {
        if (!isFaulty)
        {
            return new MemoryStream(bytes);
        }

        switch (chance.Next(5))
        {
            case 0:
                return new MemoryStream(bytes[..chance.Next(bytes.Length)]);
            case 1:
                bytes[chance.Next(bytes.Length)] ^= (byte)(1 << chance.Next(8));
                return new MemoryStream(bytes);
            case 2:
                stop.Cancel();
                return new MemoryStream(bytes);
            case 3:
                return new MemoryStream([.. bytes[..^1024], .. bytes]);
            default:
                return new MemoryStream(bytes);
        }
    }

    /// <summary>Gives all its bytes, and then no end.</summary>
    private sealed class BrokenAtItsEnd(byte[] bytes) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and int read ? read : throw new IOException("The connection broke.");
    }
}
