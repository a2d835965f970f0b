using Hutch.Datasets.Programs;
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
}
