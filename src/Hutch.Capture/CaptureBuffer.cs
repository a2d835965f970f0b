namespace Hutch.Capture;

/// <summary>
/// Bounds the bytes that wait in memory between the socket and the store. A frame that is larger than the whole buffer passes alone.
/// Thread-safe.
/// </summary>
/// <param name="timeout">The longest wait of a detector for room, while none is given back.</param>
internal sealed class CaptureBuffer(long maxBytes, TimeSpan timeout) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _returned = new(0, 1);
    private long _used;
    private bool _isStuck;

    /// <summary>Bytes that wait now.</summary>
    public long UsedBytes => Volatile.Read(ref _used);

    /// <summary>True if messages that are on disk should leave the memory, so that the next ones find room.</summary>
    public bool IsShort => UsedBytes > maxBytes / 2;

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

    /// <summary>Takes room for bytes that come back from the disk: those before them are stored at this moment, and make room.</summary>
    public void Take(long bytes)
    {
        lock (_gate)
        {
            _used += bytes;
        }
    }

    /// <summary>
    /// Takes room for some bytes, and blocks the thread as long as room is given back: a sender that can wait does so, then. False when
    /// nothing is given back: a detector must not stop for a store that is away. One caller.
    /// </summary>
    public bool Rent(long bytes, CancellationToken cancellationToken)
    {
        while (!TryRent(bytes))
        {
            if (_isStuck || !_returned.Wait(timeout, cancellationToken))
            {
                _isStuck = true;
                return false;
            }
        }

        _isStuck = false;
        return true;
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
