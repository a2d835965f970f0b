namespace Hutch.Capture;

/// <summary>
/// Bounds the bytes that wait between the socket and the store. A frame that is larger than the whole buffer passes alone. Thread-safe.
/// </summary>
internal sealed class CaptureBuffer(long maxBytes) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _returned = new(0, 1);
    private long _used;

    /// <summary>Bytes that wait now.</summary>
    public long UsedBytes => Volatile.Read(ref _used);

    /// <summary>Takes room for some bytes; false when there is none now.</summary>
    public bool TryRent(long bytes)
    {
        lock (_gate)
        {
            if (_used > 0 && _used + bytes > maxBytes)
            {
                return false;
            }

            _used += bytes;
            return true;
        }
    }

    /// <summary>Takes room for some bytes and blocks the thread until there is: what sends to it waits as well, then. One caller.</summary>
    public void Rent(long bytes, CancellationToken cancellationToken)
    {
        while (!TryRent(bytes))
        {
            _returned.Wait(cancellationToken);
        }
    }

    public void Dispose() => _returned.Dispose();

    public void Return(long bytes)
    {
        lock (_gate)
        {
            _used -= bytes;
            if (_returned.CurrentCount == 0)
            {
                _returned.Release();
            }
        }
    }
}
