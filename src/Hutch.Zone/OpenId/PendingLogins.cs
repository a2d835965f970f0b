namespace Hutch.Zone.OpenId;

/// <summary>
/// Logins that have begun and not come back, by the one-time secret that names them. Each is taken once and expires; when there are too
/// many, the oldest are evicted. Thread-safe.
/// </summary>
internal sealed class PendingLogins<T>(int most, TimeProvider time)
    where T : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (T Value, DateTimeOffset End)> _entries = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public void Add(string key, T value, DateTimeOffset end)
    {
        lock (_gate)
        {
            while (_order.TryPeek(out string? oldest)
                && (_entries.Count >= most
                    || !_entries.TryGetValue(oldest, out (T Value, DateTimeOffset End) entry)
                    || entry.End <= time.GetUtcNow()))
            {
                _entries.Remove(_order.Dequeue());
            }

            _entries[key] = (value, end);
            _order.Enqueue(key);
        }
    }

    /// <summary>The login of this name; it stays.</summary>
    public T? Find(string key)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(key, out (T Value, DateTimeOffset End) entry) && entry.End > time.GetUtcNow() ? entry.Value : null;
        }
    }

    /// <summary>Takes the login of this name: it is not there a second time.</summary>
    public T? Take(string key)
    {
        lock (_gate)
        {
            return _entries.Remove(key, out (T Value, DateTimeOffset End) entry) && entry.End > time.GetUtcNow() ? entry.Value : null;
        }
    }
}
