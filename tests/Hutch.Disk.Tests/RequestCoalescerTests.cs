namespace Hutch.Disk.Tests;

public sealed class RequestCoalescerTests
{
    private readonly List<TaskCompletionSource<int>> _asked = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_caller_during_a_running_request_gets_the_answer_of_the_next_request()
    {
        RequestCoalescer<int> question = Make();
        Task<int> first = question.GetAsync(Ct);
        Task<int>[] later = [question.GetAsync(Ct), question.GetAsync(Ct)];

        _asked[0].SetResult(1);
        Assert.Equal(1, await first);
        await AskedAsync(2);
        Assert.DoesNotContain(later, one => one.IsCompleted);
        _asked[1].SetResult(2);

        int[] answers = await Task.WhenAll(later);
        Assert.Equal([2, 2], answers);
        Assert.Equal(2, _asked.Count);
    }

    [Fact]
    public async Task A_failure_reaches_the_callers_of_that_request_and_the_next_request_still_runs()
    {
        RequestCoalescer<int> question = Make();
        Task<int> first = question.GetAsync(Ct);
        Task<int> later = question.GetAsync(Ct);

        _asked[0].SetException(new InvalidOperationException("no"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => first);
        await AskedAsync(2);
        _asked[1].SetResult(2);

        Assert.Equal(2, await later);
    }

    [Fact]
    public async Task A_cancelled_caller_does_not_affect_the_others()
    {
        RequestCoalescer<int> question = Make();
        using var gone = new CancellationTokenSource();
        Task<int> impatient = question.GetAsync(gone.Token);
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Task<int> later = question.GetAsync(Ct);
        _asked[0].SetResult(1);
        await AskedAsync(2);
        _asked[1].SetResult(2);

        Assert.Equal(2, await later);
    }

    private RequestCoalescer<int> Make() => new(_ =>
    {
        var asked = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_asked)
        {
            _asked.Add(asked);
        }

        return asked.Task;
    });

    private async Task AskedAsync(int count)
    {
        while (true)
        {
            lock (_asked)
            {
                if (_asked.Count >= count)
                {
                    return;
                }
            }

            await Task.Delay(1, Ct);
        }
    }
}
