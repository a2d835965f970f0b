namespace Hutch.Disk;

/// <summary>
/// Coalesces equal requests: concurrent callers share one answer, but a caller never gets the answer to a request that was sent earlier.
/// </summary>
/// <remarks>Thread-safe. At most one request is in flight; all callers that come during this time share the next one.</remarks>
public sealed class RequestCoalescer<T>(Func<CancellationToken, Task<T>> ask)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<T>? _next;
    private bool _isUnderWay;

    /// <summary>Sends a request, or joins the callers that wait for the next one.</summary>
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

    // The first caller may be gone: others wait for the same answer.
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
