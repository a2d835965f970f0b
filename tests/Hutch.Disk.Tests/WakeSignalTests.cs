namespace Hutch.Disk.Tests;

public sealed class WakeSignalTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Several_wakes_end_only_one_wait()
    {
        var signal = new WakeSignal();
        signal.Wake();
        signal.Wake();

        await signal.WaitAsync(Ct);
        Task second = signal.WaitAsync(Ct);
        Assert.False(second.IsCompleted);

        signal.Wake();
        await second;
    }

    [Fact]
    public async Task A_wait_ends_after_its_time_and_loses_no_later_wake()
    {
        var signal = new WakeSignal();
        await signal.WaitAsync(TimeSpan.Zero, TimeProvider.System, Ct);

        Task second = signal.WaitAsync(TimeSpan.FromDays(1), TimeProvider.System, Ct);
        signal.Wake();
        await second;
    }

    [Fact]
    public async Task A_wait_that_is_cancelled_is_no_wait_that_is_over()
    {
        using var stop = new CancellationTokenSource();
        Task wait = new WakeSignal().WaitAsync(TimeSpan.FromDays(1), TimeProvider.System, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }
}
