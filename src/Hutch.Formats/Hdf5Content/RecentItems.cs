namespace Hutch.Formats.Hdf5Content;

/// <summary>A cache of objects made from the last few files, by number: a user who browses a file asks many small questions.</summary>
/// <param name="drop">Ends an object that leaves the cache.</param>
/// <remarks>For one caller at a time.</remarks>
internal sealed class RecentItems<T>(int count, Action<T> drop) : IDisposable
{
    private readonly List<(int Number, T Item)> _cached = [];

    /// <summary>Returns the cached object of a file, or makes it. The cache owns it.</summary>
    public T Get(int number, Func<T> make)
    {
        int index = _cached.FindIndex(cached => cached.Number == number);
        (int Number, T Item) found = index >= 0 ? _cached[index] : (number, make());
        if (index >= 0)
        {
            _cached.RemoveAt(index);
        }

        _cached.Insert(0, found);
        while (_cached.Count > count)
        {
            drop(_cached[^1].Item);
            _cached.RemoveAt(_cached.Count - 1);
        }

        return found.Item;
    }

    public void Dispose()
    {
        foreach ((_, T item) in _cached)
        {
            drop(item);
        }

        _cached.Clear();
    }
}
