using Hutch.Storage;

namespace Hutch.Site.Tests.Engines;

/// <summary>The log in memory that loses an append before it happened, and what only a shared log does.</summary>
public sealed class MemoryLogTests : MemoryLogConformance
{
    [Fact]
    public async Task The_turn_brings_what_others_appended_and_keeps_them_from_appending()
    {
        ISiteLog other = Shared.Connect();
        await AppendAsync(1, 2);
        ILogLock logLock = await other.AcquireAsync(0, Ct);
        Task appending = AppendAsync(3, 3);

        Assert.Equal(2, Assert.Single(logLock.Missed).LastSequence);
        Assert.False(appending.IsCompleted);

        await logLock.DisposeAsync();
        await appending;
        Assert.Equal([1L, 2, 3], await ReadAsync(0));
    }

    [Fact]
    public async Task A_waiting_reader_is_notified_of_records_that_others_append()
    {
        Task waiting = Shared.Connect().WaitForMoreAsync(0, Ct).AsTask();
        Assert.False(waiting.IsCompleted);

        await AppendAsync(1, 1);

        await waiting;
        await Shared.Connect().WaitForMoreAsync(0, Ct);
    }

    protected override void LoseTheNextAppend() => Fail = static step =>
        step == LogStep.BeforeAppend ? new TimeoutException("The answer was lost.") : null;
}
