using Hutch.Site.Platform.Fairness;

namespace Hutch.Site.Tests.Fairness;

public sealed class FairSchedulerTests
{
    private const int Part = 8 << 20;

    private static readonly int[] Shares = [16, 16, 4, 1];

    private readonly List<string> _order = [];
    private readonly List<IDisposable> _places = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_do_not_wait_while_slots_are_free()
    {
        var scheduler = new FairScheduler(3, 50, Shares);
        for (int i = 0; i < 3; i++)
        {
            _places.Add(await scheduler.EnterAsync("ada", RequestClass.Bulk, Part, Ct));
        }

        Assert.Equal((3, 0), (scheduler.Taken, scheduler.Waiting));
        Assert.False(WaitAsync(scheduler, "bob").IsCompleted);
    }

    [Fact]
    public async Task Users_take_turns_whatever_the_number_of_their_connections()
    {
        var scheduler = new FairScheduler(1, 100, Shares);
        IDisposable first = await scheduler.EnterAsync("nobody", RequestClass.Bulk, Part, Ct);
        Task[] waiting = [.. Enumerable.Range(0, 60).Select(_ => WaitAsync(scheduler, "ada")), WaitAsync(scheduler, "bob"), WaitAsync(scheduler, "bob"), WaitAsync(scheduler, "eve")];

        await PassAsync(first, 6);

        Assert.Equal(["ada", "bob", "eve", "ada", "bob", "ada"], _order);
        Assert.Equal(waiting.Length - 6, scheduler.Waiting);
    }

    [Fact]
    public async Task A_user_with_many_slots_yields_to_waiting_users()
    {
        var scheduler = new FairScheduler(4, 50, Shares);
        IDisposable[] held = [.. await Task.WhenAll(new[] { "ada", "ada", "ada", "eve" }.Select(user => scheduler.EnterAsync(user, RequestClass.Bulk, Part, Ct).AsTask()))];
        _ = Enumerable.Range(0, 10).Select(_ => WaitAsync(scheduler, "ada")).ToArray();
        _ = Enumerable.Range(0, 10).Select(_ => WaitAsync(scheduler, "bob")).ToArray();

        held[0].Dispose();
        await UntilAsync(1);
        held[1].Dispose();
        await UntilAsync(2);

        // After the first place, ada still holds two of four: the half that is hers. After the second she holds one, and it is her turn.
        Assert.Equal(["bob", "ada"], _order);
    }

    [Fact]
    public async Task A_single_user_gets_most_slots_and_leaves_some_for_the_next_user()
    {
        var scheduler = new FairScheduler(4, 50, Shares);
        for (int i = 0; i < 3; i++)
        {
            _places.Add(await scheduler.EnterAsync("ada", RequestClass.Bulk, Part, Ct));
        }

        Task fourth = WaitAsync(scheduler, "ada");
        await WaitAsync(scheduler, "bob");
        Assert.False(fourth.IsCompleted);
        _places[0].Dispose();
        await fourth;

        Assert.Equal(["bob", "ada"], _order);
    }

    [Fact]
    public async Task A_small_read_out_of_a_large_file_and_a_frame_go_before_everything_that_waits()
    {
        var scheduler = new FairScheduler(1, 100, Shares);
        IDisposable first = await scheduler.EnterAsync("nobody", RequestClass.Bulk, Part, Ct);
        _ = Enumerable.Range(0, 64).Select(_ => WaitAsync(scheduler, "ada")).ToArray();
        _ = WaitAsync(scheduler, "bob", RequestClass.Interactive);
        _ = WaitAsync(scheduler, "detector", RequestClass.Capture);

        await PassAsync(first, 3);

        Assert.Equal(["detector", "bob", "ada"], _order);
    }

    [Fact]
    public async Task Maintenance_gets_its_share_and_no_more()
    {
        var scheduler = new FairScheduler(1, 100, Shares);
        IDisposable first = await scheduler.EnterAsync("nobody", RequestClass.Bulk, Part, Ct);
        _ = Enumerable.Range(0, 50).Select(_ => WaitAsync(scheduler, "ada")).ToArray();
        _ = Enumerable.Range(0, 50).Select(_ => WaitAsync(scheduler, "", RequestClass.Background)).ToArray();

        await PassAsync(first, 50);

        Assert.Equal(10, _order.Count(user => user.Length == 0));
    }

    [Fact]
    public async Task Maintenance_gets_every_slot_that_no_other_class_wants()
    {
        var scheduler = new FairScheduler(1, 100, Shares);
        IDisposable first = await scheduler.EnterAsync("nobody", RequestClass.Bulk, Part, Ct);
        _ = Enumerable.Range(0, 5).Select(_ => WaitAsync(scheduler, "", RequestClass.Background)).ToArray();

        await PassAsync(first, 5);

        Assert.Equal(5, _order.Count);
    }

    [Fact]
    public async Task A_cancelled_request_leaves_the_queue_and_takes_no_slot()
    {
        var scheduler = new FairScheduler(1, 100, Shares);
        IDisposable first = await scheduler.EnterAsync("ada", RequestClass.Bulk, Part, Ct);
        using var timeout = new CancellationTokenSource();
        Task<IDisposable> impatient = scheduler.EnterAsync("bob", RequestClass.Bulk, Part, timeout.Token).AsTask();

        await timeout.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Assert.Equal(0, scheduler.Waiting);
        first.Dispose();
        first.Dispose();
        Assert.Equal(0, scheduler.Taken);
    }

    [Fact]
    public async Task Every_place_comes_back_whatever_happens_at_once()
    {
        var scheduler = new FairScheduler(3, 50, Shares);
        int inside = 0;
        int most = 0;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            if (i % 7 == 0)
            {
                await timeout.CancelAsync();
            }

            try
            {
                using IDisposable place = await scheduler.EnterAsync($"user{i % 5}", i % 3 == 0 ? RequestClass.Background : RequestClass.Bulk, Part, timeout.Token);
                int now = Interlocked.Increment(ref inside);
                InterlockedMax(ref most, now);
                await Task.Yield();
                Interlocked.Decrement(ref inside);
            }
            catch (OperationCanceledException)
            {
                // It gave up.
            }
        }));

        Assert.Equal((0, 0), (scheduler.Taken, scheduler.Waiting));
        Assert.InRange(most, 1, 3);
    }

    private static void InterlockedMax(ref int most, int now)
    {
        int seen;
        while (now > (seen = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, now, seen) != seen)
        {
        }
    }

    private async Task WaitAsync(FairScheduler scheduler, string user, RequestClass requestClass = RequestClass.Bulk)
    {
        IDisposable place = await scheduler.EnterAsync(user, requestClass, Part, Ct);
        lock (_order)
        {
            _order.Add(user);
            _places.Add(place);
        }
    }

    /// <summary>Gives a place back, and then each that is granted, until so many were.</summary>
    private async Task PassAsync(IDisposable first, int count)
    {
        first.Dispose();
        for (int i = 0; i < count; i++)
        {
            await UntilAsync(i + 1);
            if (i + 1 < count)
            {
                _places[i].Dispose();
            }
        }
    }

    private async Task UntilAsync(int count)
    {
        while (true)
        {
            lock (_order)
            {
                if (_order.Count >= count)
                {
                    return;
                }
            }

            Ct.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
