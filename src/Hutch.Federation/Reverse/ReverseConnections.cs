namespace Hutch.Federation.Reverse;

/// <summary>
/// The connections that sites which cannot be dialled have opened to the door of this one, and that wait until this one has something to
/// ask them. Thread-safe.
/// </summary>
internal sealed class ReverseConnections
{
    /// <summary>The protocol that marks such a connection in the handshake (ALPN, RFC 7301).</summary>
    public const string Protocol = "hutch-reverse/1";

    /// <summary>The most that wait for use, of one site. It keeps two.</summary>
    private const int MaxWaiting = 8;

    private readonly Dictionary<BlobHash, List<ReverseStream>> _waiting = [];
    private readonly RisingNumber _offers = new();

    /// <summary>Keeps a connection of a site until it is used, and used up.</summary>
    /// <param name="connection">The connection after its handshake.</param>
    public async Task KeepAsync(BlobHash key, ConnectionContext connection, CancellationToken ct)
    {
        var stream = new ReverseStream(connection.Transport);
        Offer(key, stream)?.Dispose();
        await using (ct.Register(stream.Dispose))
        {
            await stream.Ended;
        }

        Forget(key, stream);
    }

    /// <summary>A connection to a site, on which this one is the client; waits until the site has opened one.</summary>
    public async ValueTask<Stream> TakeAsync(BlobHash key, CancellationToken ct)
    {
        while (true)
        {
            long offers = _offers.Value;
            if (FindNewest(key) is { } stream)
            {
                return stream;
            }

            await _offers.WaitAsync(offers + 1, ct);
        }
    }

    /// <summary>
    /// Adds a stream. Returns the oldest one if there are too many: it may have been cut off silently, and is not used any more.
    /// </summary>
    private ReverseStream? Offer(BlobHash key, ReverseStream stream)
    {
        ReverseStream? oldest = null;
        lock (_waiting)
        {
            if (!_waiting.TryGetValue(key, out List<ReverseStream>? waiting))
            {
                _waiting.Add(key, waiting = []);
            }

            if (waiting.Count == MaxWaiting)
            {
                oldest = waiting[0];
                waiting.RemoveAt(0);
            }

            waiting.Add(stream);
        }

        _offers.Raise();
        return oldest;
    }

    /// <summary>The newest: an older one may have been cut off without a word.</summary>
    private ReverseStream? FindNewest(BlobHash key)
    {
        lock (_waiting)
        {
            ReverseStream? newest = _waiting.GetValueOrDefault(key)?[^1];
            if (newest is not null)
            {
                Remove(key, newest);
            }

            return newest;
        }
    }

    private void Forget(BlobHash key, ReverseStream stream)
    {
        lock (_waiting)
        {
            Remove(key, stream);
        }
    }

    private void Remove(BlobHash key, ReverseStream stream)
    {
        if (_waiting.TryGetValue(key, out List<ReverseStream>? waiting) && waiting.Remove(stream) && waiting.Count == 0)
        {
            _waiting.Remove(key);
        }
    }
}
