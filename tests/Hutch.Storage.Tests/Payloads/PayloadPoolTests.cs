using System.Runtime.CompilerServices;
using Hutch.Storage.Payloads;
using Hutch.Testing.Clocks;

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
    public async Task Requests_to_an_empty_pool_wait_and_are_served_in_order()
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
    public async Task Spare_buffers_are_freed_before_a_request_waits()
    {
        var pool = new PayloadPool(8 * MiB);
        var spare = new Queue<PayloadBuffer>([await pool.RentAsync(4 * MiB, Token), await pool.RentAsync(4 * MiB, Token)]);
        pool.UseSpare(() =>
        {
            bool has = spare.TryDequeue(out PayloadBuffer? buffer);
            buffer?.Dispose();
            return has;
        });

        Assert.Null(pool.TryRent(1));
        using PayloadBuffer half = await pool.RentAsync(4 * MiB, Token);
        Assert.Single(spare);
        ValueTask<PayloadBuffer> whole = pool.RentAsync(8 * MiB, Token);

        Assert.Empty(spare);
        half.Dispose();
        (await whole).Dispose();
        Assert.Equal(0, pool.LentBytes);
    }

    [Fact]
    public async Task Cancelling_a_request_lets_the_requests_behind_it_proceed()
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
        Remove(pool);
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

    [Fact]
    public async Task Owners_take_turns_however_many_requests_one_has()
    {
        string owner = "";
        var pool = new PayloadPool(16 * MiB, () => owner);
        PayloadBuffer all = await pool.RentAsync(8 * MiB, Token);
        PayloadBuffer rest = await pool.RentAsync(8 * MiB, Token);
        owner = "ada";
        Task<PayloadBuffer>[] ada = [.. Enumerable.Range(0, 10).Select(_ => pool.RentAsync(8 * MiB, Token).AsTask())];
        owner = "bob";
        Task<PayloadBuffer> bob = pool.RentAsync(8 * MiB, Token).AsTask();

        all.Dispose();
        using PayloadBuffer first = await ada[0];
        rest.Dispose();
        using PayloadBuffer second = await bob;
        Assert.Equal(9, pool.Waiting);
    }

    [Fact]
    public async Task One_owner_never_has_more_than_three_quarters()
    {
        string owner = "ada";
        var pool = new PayloadPool(64 * MiB, () => owner);
        Task<PayloadBuffer>[] ada = [.. Enumerable.Range(0, 10).Select(_ => pool.RentAsync(8 * MiB, Token).AsTask())];
        Assert.Equal(48 * MiB, pool.LentBytes);
        Assert.Equal(4, pool.Waiting);

        owner = "bob";
        using PayloadBuffer bob = await pool.RentAsync(8 * MiB, Token);

        (await ada[0]).Dispose();
        (await ada[6]).Dispose();
    }

    [Fact]
    public async Task A_buffer_that_waits_for_a_slow_network_is_asked_back_when_others_wait_for_memory()
    {
        var pool = new PayloadPool(8 * MiB, timeout: TimeSpan.FromSeconds(1), time: new SkippingTime());
        PayloadBuffer slow = await pool.RentAsync(8 * MiB, Token);
        var network = new TaskCompletionSource<int>();
        ValueTask<int> wait = slow.WaitAsync(new ValueTask<int>(network.Task), () =>
        {
            slow.Dispose();
            return Task.CompletedTask;
        });

        using PayloadBuffer other = await pool.RentAsync(8 * MiB, Token);

        network.SetResult(7);
        Assert.Equal(7, await wait);
        Assert.Throws<ObjectDisposedException>(() => slow.Memory);
    }

    [Fact]
    public async Task A_transfer_over_a_slow_network_keeps_its_buffer_while_no_other_request_needs_it()
    {
        var pool = new PayloadPool(8 * MiB, timeout: TimeSpan.Zero);
        using PayloadBuffer slow = await pool.RentAsync(4 * MiB, Token);
        var network = new TaskCompletionSource<int>();
        ValueTask<int> wait = slow.WaitAsync(new ValueTask<int>(network.Task), () => throw new InvalidOperationException("It was asked for."));

        using PayloadBuffer other = await pool.RentAsync(4 * MiB, Token);
        network.SetResult(7);

        Assert.Equal(7, await wait);
        Assert.Equal(4 * MiB, slow.Memory.Length);
        Task<PayloadBuffer> third = pool.RentAsync(4 * MiB, Token).AsTask();
        Assert.False(third.IsCompleted, "the network is not waited for any more: the buffer is its owner's");
        other.Dispose();
        (await third).Dispose();
    }

    [Fact]
    public async Task A_failure_to_give_back_a_buffer_is_reported_to_its_waiting_owner()
    {
        var pool = new PayloadPool(8 * MiB, timeout: TimeSpan.FromSeconds(1), time: new SkippingTime());
        PayloadBuffer slow = await pool.RentAsync(8 * MiB, Token);
        var network = new TaskCompletionSource<int>();
        ValueTask<int> wait = slow.WaitAsync<int>(new ValueTask<int>(network.Task), () =>
        {
            slow.Dispose();
            throw new IOException("The disk failed.");
        });
        (await pool.RentAsync(8 * MiB, Token)).Dispose();

        network.SetResult(7);

        await Assert.ThrowsAsync<IOException>(async () => await wait);
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
    private static void Remove(PayloadPool pool) => _ = pool.TryRent(8 * MiB)!.Length;
}
