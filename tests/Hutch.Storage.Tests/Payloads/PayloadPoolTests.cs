using System.Runtime.CompilerServices;
using Hutch.Storage.Payloads;

namespace Hutch.Storage.Tests.Payloads;

public class PayloadPoolTests
{
    private const int MiB = 1 << 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 4096)]
    [InlineData(1, 4096)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 8192)]
    [InlineData(MiB, MiB)]
    [InlineData(MiB + 1, 2 * MiB)]
    [InlineData(8 * MiB, 8 * MiB)]
    public async Task A_buffer_is_as_long_as_asked_for_and_counted_by_its_class(int bytes, int counted)
    {
        var pool = new PayloadPool();
        using (PayloadBuffer buffer = await pool.RentAsync(bytes, Token))
        {
            Assert.Equal(bytes, buffer.Memory.Length);
            Assert.Equal(counted, buffer.Full.Length);
            Assert.Equal(counted, pool.LentBytes);
        }

        Assert.Equal(0, pool.LentBytes);
    }

    [Fact]
    public async Task Who_finds_the_pool_empty_waits_in_line_and_is_served_in_order()
    {
        var pool = new PayloadPool(16 * MiB);
        PayloadBuffer first = await pool.RentAsync(8 * MiB, Token);
        PayloadBuffer second = await pool.RentAsync(8 * MiB, Token);
        Task<PayloadBuffer> large = pool.RentAsync(8 * MiB, Token).AsTask();
        Task<PayloadBuffer> small = pool.RentAsync(1, Token).AsTask();
        Assert.Equal(2, pool.Waiting);
        Assert.Null(pool.TryRent(1));

        first.Dispose();
        using PayloadBuffer servedLarge = await large;
        Assert.False(small.IsCompleted, "the small one stood behind the large one, and there is no room for both");

        second.Dispose();
        using PayloadBuffer servedSmall = await small;
        Assert.Equal(0, pool.Waiting);
    }

    [Fact]
    public async Task Who_gives_up_leaves_the_line_to_those_behind()
    {
        var pool = new PayloadPool(8 * MiB);
        PayloadBuffer half = await pool.RentAsync(4 * MiB, Token);
        using var source = new CancellationTokenSource();
        Task<PayloadBuffer> whole = pool.RentAsync(8 * MiB, source.Token).AsTask();
        Task<PayloadBuffer> fits = pool.RentAsync(4 * MiB, Token).AsTask();
        Assert.False(fits.IsCompleted);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => whole);
        (await fits).Dispose();
        half.Dispose();
        Assert.Equal(0, pool.LentBytes);
    }

    [Fact]
    public async Task A_buffer_is_given_back_once_and_not_used_after()
    {
        var pool = new PayloadPool();
        PayloadBuffer buffer = await pool.RentAsync(100, Token);

        buffer.Dispose();
        buffer.Dispose();

        Assert.Equal(0, pool.LentBytes);
        Assert.Throws<ObjectDisposedException>(() => buffer.Memory);
        Assert.Throws<ObjectDisposedException>(() => buffer.Span[0] = 1);
    }

    [Fact]
    public async Task Memory_is_used_again_and_other_sizes_give_way()
    {
        var pool = new PayloadPool(8 * MiB);
        (await pool.RentAsync(8 * MiB, Token)).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        (await pool.RentAsync(8 * MiB, Token)).Dispose();
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MiB);

        List<PayloadBuffer> small = [.. Enumerable.Range(0, 2048).Select(_ => pool.TryRent(4096)!)];
        Assert.Equal(8 * MiB, pool.LentBytes);
        Assert.Null(pool.TryRent(1));
        small.ForEach(static buffer => buffer.Dispose());
    }

    [Fact]
    public async Task A_forgotten_buffer_does_not_empty_the_pool_for_ever()
    {
        var pool = new PayloadPool(8 * MiB);
        Forget(pool);
        for (int i = 0; i < 50 && pool.LentBytes > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        using PayloadBuffer buffer = await pool.RentAsync(8 * MiB, Token);
        Assert.Equal(8 * MiB, pool.LentBytes);
    }

    [Fact]
    public async Task Many_at_once_never_hold_more_than_the_pool_has()
    {
        var pool = new PayloadPool(8 * MiB);
        long worst = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(
            async () =>
            {
                var random = new Random(worker);
                for (int i = 0; i < 500; i++)
                {
                    using var source = new CancellationTokenSource();
                    if (random.Next(10) == 0)
                    {
                        await source.CancelAsync();
                    }

                    try
                    {
                        using PayloadBuffer buffer = await pool.RentAsync(random.Next(4 * MiB), source.Token);
                        buffer.Span[^1] = 1;
                        InterlockedMax(ref worst, pool.LentBytes);
                        await Task.Yield();
                    }
                    catch (OperationCanceledException)
                    {
                        // as asked
                    }
                    catch (IndexOutOfRangeException)
                    {
                        // a buffer of no bytes
                    }
                }
            },
            Token)));

        Assert.Equal(0, pool.LentBytes);
        Assert.Equal(0, pool.Waiting);
        Assert.InRange(worst, 1, 8 * MiB);
    }

    private static void InterlockedMax(ref long target, long value)
    {
        for (long seen = Volatile.Read(ref target); value > seen;)
        {
            long now = Interlocked.CompareExchange(ref target, value, seen);
            if (now == seen)
            {
                return;
            }

            seen = now;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(PayloadPool pool) => _ = pool.TryRent(8 * MiB)!.Length;
}
