namespace Hutch.Disk.Tests;

public sealed class RisingNumberTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wait_ends_when_the_number_is_reached_and_not_before()
    {
        var number = new RisingNumber(3);
        await number.WaitAsync(3, Ct);
        Task waiting = number.WaitAsync(5, Ct);

        number.Raise();
        Assert.False(waiting.IsCompleted);
        number.RaiseTo(7);

        await waiting;
        Assert.Equal(7, number.Value);
    }

    [Fact]
    public void It_never_goes_back()
    {
        var number = new RisingNumber(3);

        number.RaiseTo(2);

        Assert.Equal(3, number.Value);
    }

    [Fact]
    public async Task No_rise_is_missed_however_many_raise_it_at_once()
    {
        var number = new RisingNumber();
        Task[] waiting = [.. Enumerable.Range(1, 400).Select(i => number.WaitAsync(i, Ct))];

        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(
            () =>
            {
                for (int j = 0; j < 100; j++)
                {
                    if (i % 2 == 0)
                    {
                        number.Raise();
                    }
                    else
                    {
                        number.RaiseTo((4 * j) + 4);
                    }
                }
            },
            Ct)));

        Assert.True(number.Value >= 400);
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task A_wait_can_be_given_up()
    {
        using var enough = new CancellationTokenSource();
        Task waiting = new RisingNumber().WaitAsync(1, enough.Token);

        await enough.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
