using Hutch.Datasets.Programs;
using Hutch.Model.Records;
using Hutch.Testing.Clocks;

namespace Hutch.Datasets.Tests.Programs;

/// <summary>The signal that wakes the dispatcher of programs.</summary>
public sealed class ProgramQueueTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_close_ends_the_wait_at_once_and_is_known_until_the_next_wait_has_ended()
    {
        var queue = new ProgramQueue([], new ManualTime());
        Task wait = queue.WaitAsync(TimeSpan.FromSeconds(1), Ct);
        Assert.False(wait.IsCompleted);

        queue.NoteClose();
        await wait;
        queue.NoteClose();

        Assert.True(queue.HasClosed);
        await queue.WaitAsync(TimeSpan.FromSeconds(1), Ct);
        Assert.False(queue.HasClosed);
    }

    [Fact]
    public void A_server_that_dispatches_nothing_forgets_the_logs_of_attempts_that_have_been_silent_for_hours()
    {
        var time = new ManualTime();
        var queue = new ProgramQueue([], time);
        AttemptKey silent = new(Guid.NewGuid(), 1), running = new(Guid.NewGuid(), 1);
        queue.Note(silent, "log"u8.ToArray());
        queue.Note(running, "log"u8.ToArray());

        time.Advance(TimeSpan.FromHours(1.5));
        queue.Note(running, log: null);
        Assert.NotNull(queue.FindLog(silent));
        time.Advance(TimeSpan.FromHours(1));
        queue.Note(running, log: null);

        Assert.Null(queue.FindLog(silent));
        Assert.NotNull(queue.FindLog(running));
    }
}
