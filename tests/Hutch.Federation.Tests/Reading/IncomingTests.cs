using Hutch.Federation.Reading;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Site.Platform.Fairness;
using Hutch.Testing.Clocks;

namespace Hutch.Federation.Tests.Reading;

/// <summary>What comes into the cache leaves room and turns for others, and is given up when nobody waits for it.</summary>
public sealed class IncomingTests(HonestHome honest) : IClassFixture<HonestHome>
{
    private static readonly byte[] Large = Copied.Bytes((9 << 20) + 1, 3);
    private static readonly byte[] Small = Copied.Bytes(1000, 1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Large_files_that_do_not_come_hold_up_no_small_one_of_any_home()
    {
        (var first, var second) = (new StuckStream(), new StuckStream());
        await using RemoteReader reader = RemoteReader.From(honest, Stuck(first), cacheBytes: 19 << 20);
        await using RemoteReader other = reader.And(Stuck(second), "other");
        using var away = new CancellationTokenSource();
        Task<byte[]>[] stuck = [reader.ReadAsync(Large, away.Token), other.ReadAsync(Large, away.Token)];

        // There is room for one of them, and either may be the first.
        await await Task.WhenAny(first.Asked, second.Asked);

        (reader.Home, other.Home) = (honest.Home, honest.Home);
        byte[] read = await reader.ReadAsync(Small, Ct);
        byte[] readElsewhere = await other.ReadAsync(Small, Ct);

        Assert.Equal(Small, read);
        Assert.Equal(Small, readElsewhere);
        Assert.All(stuck, static one => Assert.False(one.IsCompleted));
        await away.CancelAsync();
        await Task.WhenAny(Task.WhenAll(stuck));
    }

    [Fact]
    public async Task A_transfer_without_readers_ends_after_a_delay_and_frees_its_cache_space()
    {
        var time = new ManualTime();
        var stuck = new StuckStream();
        await using RemoteReader reader = RemoteReader.From(honest, Stuck(stuck), cacheBytes: 19 << 20, time);
        using var away = new CancellationTokenSource();
        Task<byte[]> gone = reader.ReadAsync(Large, away.Token);
        await stuck.Asked;

        await away.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        time.Advance(IncomingBlob.Grace - TimeSpan.FromSeconds(1));
        bool wasLeftAtOnce = stuck.Left.IsCompleted;
        time.Advance(TimeSpan.FromSeconds(1));
        await stuck.Left.WaitAsync(Ct);
        reader.Home = honest.Home;

        Assert.False(wasLeftAtOnce);
        Assert.Equal(Large, await reader.ReadAsync(Large, Ct));
    }

    [Fact]
    public async Task A_reader_that_returns_before_the_delay_continues_the_same_transfer()
    {
        var time = new ManualTime();
        var stuck = new StuckStream();
        await using RemoteReader reader = RemoteReader.From(honest, Stuck(stuck), time: time);
        (var first, var second) = (new CancellationTokenSource(), new CancellationTokenSource());
        Task<byte[]> gone = reader.ReadAsync(Large, first.Token);
        await stuck.Asked;

        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Task<byte[]> back = reader.ReadAsync(Large, second.Token);
        time.Advance(10 * IncomingBlob.Grace);

        Assert.False(stuck.Left.IsCompleted);
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => back);
    }

    [Fact]
    public async Task Nothing_is_left_of_transfers_that_fail_at_once()
    {
        await using RemoteReader reader = RemoteReader.From(honest, honest.Home);
        await reader.ReadAsync(Small, Ct);
        reader.Home = null;

        for (int i = 0; i < 1000; i++)
        {
            await Assert.ThrowsAsync<HutchException>(() => reader.ReadAsync(Large, Ct));
        }

        Assert.Equal(0, reader.Origin.Incoming);
    }

    [Fact]
    public async Task A_broken_transfer_fails_all_waiting_readers_without_a_retry_for_each()
    {
        var broken = new TaskCompletionSource();
        int asked = 0;
        var breaking = new LyingHome(honest.Home)
        {
            OfPart = _ =>
            {
                Interlocked.Increment(ref asked);
                broken.Task.Wait(Ct);
                throw new IOException("nothing came for 10 s");
            },
        };
        await using RemoteReader reader = RemoteReader.From(honest, honest.Home);
        await reader.ReadAsync(Small, Ct); // The page that names both is known then, and all five wait before the transfer breaks.
        reader.Home = breaking;
        Task<byte[]>[] readers = [.. Enumerable.Range(0, 5).Select(async one =>
        {
            RequestScope.Current!.Reading = new DatasetReading(honest.Order.Dataset, $"token{one}");
            return await reader.ReadAsync(Large, Ct);
        })];

        broken.SetResult();
        await Task.WhenAny(Task.WhenAll(readers));

        Assert.All(readers, static one => Assert.Contains("nothing came for 10 s", one.Exception!.Message, StringComparison.Ordinal));
        Assert.Equal(2, asked);
    }

    private LyingHome Stuck(StuckStream stuck) => new(honest.Home) { OfPart = _ => stuck };
}
