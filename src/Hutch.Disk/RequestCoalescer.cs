namespace Hutch.Disk;

/// <summary>
/// A question that many ask at the same time: they share one answer, but nobody gets one to a question that was sent before he came.
/// </summary>
/// <remarks>Thread-safe. One question is on its way at most, so that all who come meanwhile share the next one.</remarks>
public sealed class RequestCoalescer<T>(Func<CancellationToken, Task<T>> ask)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<T>? _next;
    private bool _isUnderWay;

    /// <summary>Asks, or joins those who wait for the next question.</summary>
    public Task<T> GetAsync(CancellationToken ct)
    {
        TaskCompletionSource<T> mine;
        lock (_gate)
        {
            if (_isUnderWay)
            {
                _next ??= NewSource();
                return _next.Task.WaitAsync(ct);
            }

            _isUnderWay = true;
            mine = NewSource();
        }

        _ = RunAsync(mine);
        return mine.Task.WaitAsync(ct);
    }

    // Who asked may have gone: others wait for the same answer.
    private async Task RunAsync(TaskCompletionSource<T> first)
    {
        for (TaskCompletionSource<T>? asked = first; asked is not null; asked = StartNext())
        {
            try
            {
                asked.SetResult(await ask(CancellationToken.None));
            }
            catch (Exception e)
            {
                asked.SetException(e);
            }
        }
    }

    private TaskCompletionSource<T>? StartNext()
    {
        lock (_gate)
        {
            TaskCompletionSource<T>? next = _next;
            _next = null;
            _isUnderWay = next is not null;
            return next;
        }
    }

    private static TaskCompletionSource<T> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
