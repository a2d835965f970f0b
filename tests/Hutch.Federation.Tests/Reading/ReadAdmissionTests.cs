using Hutch.Federation.Reading;

namespace Hutch.Federation.Tests.Reading;

public sealed class ReadAdmissionTests
{
    private const int Slots = 1024;
    private const int Small = Slots / 128;

    private readonly ReadAdmission _turns = new(Slots);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reads_of_large_files_are_admitted_in_the_order_of_their_requests()
    {
        IDisposable first = await _turns.AdmitAsync("a", Slots / 2, Ct);
        Task<IDisposable> second = _turns.AdmitAsync("b", Slots / 2, Ct);
        Task<IDisposable> third = _turns.AdmitAsync("c", Slots / 4, Ct);

        bool hadToWait = !second.IsCompleted && !third.IsCompleted;
        first.Dispose();

        Assert.True(hadToWait);
        await Task.WhenAll(second, third);
    }

    [Fact]
    public async Task Small_files_have_room_whatever_large_ones_come()
    {
        for (int i = 0; i < 3; i++)
        {
            await _turns.AdmitAsync($"home {i}", Slots / 4, Ct);
        }

        Task<IDisposable> large = _turns.AdmitAsync("a", Slots / 4, Ct);

        Assert.False(large.IsCompleted);
        for (int i = 0; i < 4; i++)
        {
            await _turns.AdmitAsync("a", Small, Ct);
        }
    }

    [Fact]
    public async Task A_home_with_enough_under_way_is_passed_over_and_holds_up_no_other()
    {
        for (int i = 0; i < ReadAdmission.MaxAtOnce; i++)
        {
            await _turns.AdmitAsync("busy", Small, Ct);
        }

        Task<IDisposable> busy = _turns.AdmitAsync("busy", 1, Ct);

        await _turns.AdmitAsync("other", Small, Ct);
        Assert.False(busy.IsCompleted);
    }

    [Fact]
    public async Task Large_files_of_one_home_leave_room_for_those_of_another()
    {
        await _turns.AdmitAsync("busy", Slots / 4, Ct);
        await _turns.AdmitAsync("busy", Slots / 4, Ct);
        Task<IDisposable> more = _turns.AdmitAsync("busy", Slots / 4, Ct);

        await _turns.AdmitAsync("other", Slots / 4, Ct);

        Assert.False(more.IsCompleted);
    }

    [Fact]
    public async Task A_cancelled_request_does_not_delay_the_next_one()
    {
        using IDisposable first = await _turns.AdmitAsync("a", Slots / 2, Ct);
        using var gone = new CancellationTokenSource();
        Task<IDisposable> waiting = _turns.AdmitAsync("b", Slots / 2, gone.Token);
        Task<IDisposable> next = _turns.AdmitAsync("c", Slots / 4, Ct);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await next;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task All_that_comes_at_a_time_fits_into_the_cache_and_everything_comes(int seed)
    {
        var random = new Random(seed);
        int slots = random.Next(2, 2000);
        var turns = new ReadAdmission(slots);
        List<(int Slots, Task<IDisposable> Turn)> asked =
            [.. Enumerable.Range(0, 200).Select(_ => random.Next(0, turns.MostSlots + 1)).Select(
                size => (size, turns.AdmitAsync($"home {random.Next(4)}", size, Ct)))];

        while (asked.Count > 0)
        {
            await Task.WhenAny(asked.Select(static one => one.Turn));
            List<(int Slots, Task<IDisposable> Turn)> came = [.. asked.Where(static one => one.Turn.IsCompleted)];
            Assert.InRange(came.Sum(static one => one.Slots), 0, slots);
            (int Slots, Task<IDisposable> Turn) ended = came[random.Next(came.Count)];
            asked.Remove(ended);
            (await ended.Turn).Dispose();
        }
    }
}
