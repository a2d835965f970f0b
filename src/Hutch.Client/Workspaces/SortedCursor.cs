namespace Hutch.Client.Workspaces;

/// <summary>A cursor over items in byte order of their paths, for merging with another sequence in that order.</summary>
internal sealed class SortedCursor<T> : IDisposable
    where T : class
{
    private readonly IEnumerator<T> _items;
    private readonly Func<T, string> _path;
    private T? _next;

    internal SortedCursor(IEnumerable<T> items, Func<T, string> path)
    {
        _items = items.GetEnumerator();
        _path = path;
        Advance();
    }

    public void Dispose() => _items.Dispose();

    /// <summary>The items before a path that were not given out yet.</summary>
    internal IEnumerable<T> Before(string path)
    {
        while (_next is { } item && Utf8Order.Compare(_path(item), path) < 0)
        {
            Advance();
            yield return item;
        }
    }

    /// <summary>The item at a path; null when there is none. Those before it are passed over.</summary>
    internal T? At(string path)
    {
        while (_next is { } item)
        {
            int order = Utf8Order.Compare(_path(item), path);
            if (order > 0)
            {
                break;
            }

            Advance();
            if (order == 0)
            {
                return item;
            }
        }

        return null;
    }

    /// <summary>The items that were not given out yet.</summary>
    internal IEnumerable<T> Rest()
    {
        while (_next is { } item)
        {
            Advance();
            yield return item;
        }
    }

    private void Advance() => _next = _items.MoveNext() ? _items.Current : null;
}
