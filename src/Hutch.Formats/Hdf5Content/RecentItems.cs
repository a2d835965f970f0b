namespace Hutch.Formats.Hdf5Content;

/// <summary>A cache of objects made from the last few files, by number: a user who browses a file asks many small questions.</summary>
/// <param name="drop">Ends an object that leaves the cache.</param>
/// <remarks>For one caller at a time.</remarks>
internal sealed class RecentItems<T>(int count, Action<T> drop) : IDisposable
{
    private readonly List<(int Number, T Item)> _kept = [];

    /// <summary>Returns the cached object of a file, or makes it. The cache owns it.</summary>
    public T Get(int number, Func<T> make)
    {
        int index = _kept.FindIndex(kept => kept.Number == number);
        (int Number, T Item) found = index >= 0 ? _kept[index] : (number, make());
        if (index >= 0)
        {
            _kept.RemoveAt(index);
        }

        _kept.Insert(0, found);
        while (_kept.Count > count)
        {
            drop(_kept[^1].Item);
            _kept.RemoveAt(_kept.Count - 1);
        }

        return found.Item;
    }

    public void Dispose()
    {
        foreach ((_, T item) in _kept)
        {
            drop(item);
        }

        _kept.Clear();
    }
}
