namespace Hutch.Worker;

/// <summary>
/// Separate threads for computations that keep a processor busy, so that the pool's threads stay free for requests: a request that
/// stores a frame does not wait for its analysis.
/// </summary>
internal sealed class ComputeThreads : IDisposable
{
    private readonly BlockingCollection<(Action Work, TaskCompletionSource Done)> _waiting = [];
    private readonly Thread[] _threads;

    public int Count => _threads.Length;

    public ComputeThreads(int count)
    {
        _threads = new Thread[count];
        for (int i = 0; i < count; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = "analysis " + i };
            _threads[i].Start();
        }
    }

    /// <summary>Runs an action on one of the threads; the task ends with it, and carries its exception.</summary>
    public Task RunAsync(Action work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add((work, done), cancellationToken);
        return done.Task;
    }

    /// <summary>Finishes the queued work, then ends the threads.</summary>
    public void Dispose()
    {
        _waiting.CompleteAdding();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _waiting.Dispose();
    }

    private void Work()
    {
        foreach ((Action work, TaskCompletionSource done) in _waiting.GetConsumingEnumerable())
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }
    }
}
