namespace Hutch.DataLad.Packs;

/// <summary>Limits the number of concurrent expensive tasks, and the number of tasks that wait for them.</summary>
internal sealed class PackGate(int places, int maxWaiting) : IDisposable
{
    private readonly SemaphoreSlim _places = new(places);
    private int _waiting;

    /// <summary>Waits for a slot; disposing of the result frees it.</summary>
    /// <exception cref="HutchException">Too many wait.</exception>
    public async ValueTask<IDisposable> EnterAsync(CancellationToken ct)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > maxWaiting)
            {
                throw ErrorCode.Unavailable.With($"{maxWaiting} clones wait already for the server to prepare them.").ToException();
            }

            await _places.WaitAsync(ct);
            return new Slot(_places);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _places.Dispose();

    private sealed class Slot(SemaphoreSlim places) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
            {
                places.Release();
            }
        }
    }
}
