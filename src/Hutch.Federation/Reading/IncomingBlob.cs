using Hutch.Site.Platform.Fairness;

namespace Hutch.Federation.Reading;

/// <summary>
/// One file in transfer into the cache, for all readers that wait for it. It is cancelled a while after the last of them has gone: a reader
/// that was cut off and asks again finds the received bytes. Thread-safe.
/// </summary>
internal sealed class IncomingBlob(RemoteBlob wanted, TimeProvider time, CancellationToken stop) : IDisposable
{
    /// <summary>The time for which it continues without readers.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _givenUp = CancellationTokenSource.CreateLinkedTokenSource(stop);
    private readonly TaskCompletionSource<Result<CachedBlob>> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _alone;
    private int _readers;
    private bool _isOver;

    public RemoteBlob Blob => wanted;

    public DatasetReading Reading => wanted.Reading;

    public CancellationToken Abandoned => _givenUp.Token;

    /// <summary>The file in the cache, or why it does not come.</summary>
    public Task<Result<CachedBlob>> Ended => _ended.Task;

    /// <summary>Its place in the cache; null before its turn.</summary>
    public CachedBlob? Slot { get; set; }

    /// <summary>True if a failure is the same for every reader, not only for the one that began it. Set at its end.</summary>
    public bool IsForAll { get; private set; }

    /// <summary>Waits with the others, until <see cref="Leave"/>; false when it was given up, or is over.</summary>
    public bool TryJoin()
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                _readers++;
                _alone?.Dispose();
                _alone = null;
            }

            return !_isOver;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            if (--_readers == 0 && !_isOver)
            {
                _alone = time.CreateTimer(_ => Abandon(), null, Grace, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Notifies readers that wait for the beginning that more of it can be read.</summary>
    public void Advance() =>
        Interlocked.Exchange(ref _more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>The file in the cache, once so many bytes of it can be read, or why it does not come.</summary>
    public async Task<Result<CachedBlob>> ReachAsync(long end, CancellationToken ct)
    {
        while (!Ended.IsCompleted)
        {
            // An advance after this read completes the task.
            Task more = Volatile.Read(ref _more).Task;
            if (Slot is { } blob && end <= blob.Readable)
            {
                return blob;
            }

            await Task.WhenAny(more, Ended).WaitAsync(ct);
        }

        return await Ended;
    }

    public void End(Result<CachedBlob> result, bool isForAll)
    {
        lock (_gate)
        {
            _isOver = true;
            _alone?.Dispose();
        }

        IsForAll = isForAll;
        _ended.TrySetResult(result);
    }

    public void Dispose() => _givenUp.Dispose();

    private void Abandon()
    {
        lock (_gate)
        {
            if (_readers == 0 && !_isOver)
            {
                _isOver = true;
                _ = _givenUp.CancelAsync();
            }
        }
    }
}
