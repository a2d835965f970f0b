namespace Hutch.Model;

/// <summary>The changes to one level of a directory: a new value for each key, in key order.</summary>
internal sealed class LevelChanges
{
    private const byte Removal = 0;

    private readonly ByteBuffer _keys = new(256);
    private readonly List<TreeRoot> _below = [];
    private List<Change> _changes = [];

    public int Count => _changes.Count;

    /// <summary>True if a key becomes a sub-directory or child page.</summary>
    public bool HasBelow => _below.Count > 0;

    public ReadOnlySpan<byte> Key(int index) => _keys.Written.Slice(_changes[index].KeyStart, _changes[index].KeyLength);

    public byte[] KeyBytes(int index) => Key(index).ToArray();

    public bool IsRemoval(int index) => _changes[index].Kind == Removal;

    public bool IsDirectory(int index) => _changes[index].Kind == PageItemKind.Directory;

    /// <summary>The new entry of the key; null if it becomes something else.</summary>
    public Entry? Entry(int index) => _changes[index].Entry;

    public void Add(ReadOnlySpan<char> name, Entry? entry)
    {
        int start = _keys.Count;
        _keys.Advance(Encoding.UTF8.GetBytes(name, _keys.GetSpan(name.Length * 3)));
        _changes.Add(new Change(start, _keys.Count - start, entry is null ? Removal : PageItemKind.File, entry, -1));
    }

    public void Add(ReadOnlySpan<byte> key, byte kind, TreeRoot below)
    {
        _changes.Add(new Change(AddKey(key), key.Length, kind, null, _below.Count));
        _below.Add(below);
    }

    public void AddRemoval(ReadOnlySpan<byte> key) => _changes.Add(new Change(AddKey(key), key.Length, Removal, null, -1));

    public void Drop(int index) => _changes[index] = _changes[index] with { Kind = Removal, Entry = null };

    public void Remove(IReadOnlyList<byte[]> keys)
    {
        foreach (byte[] key in keys)
        {
            AddRemoval(key);
        }

        if (keys.Count > 0)
        {
            var byBytes = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));
            _changes = [.. _changes.OrderBy(c => _keys.Written.Slice(c.KeyStart, c.KeyLength).ToArray(), byBytes)];
        }
    }

    /// <summary>The index of the change with this key; -1 for none.</summary>
    public int Find(ReadOnlySpan<byte> key)
    {
        int low = 0, high = Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = Key(middle).SequenceCompareTo(key);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    public void AddTo(PageBuilder page, int index)
    {
        Change change = _changes[index];
        if (change.Entry is not null)
        {
            page.Add(Key(index), change.Entry);
        }
        else if (change.Kind != Removal)
        {
            page.Add(Key(index), change.Kind, _below[change.Below]);
        }
    }

    private int AddKey(ReadOnlySpan<byte> key)
    {
        int start = _keys.Count;
        _keys.Append(key);
        return start;
    }

    private readonly record struct Change(int KeyStart, int KeyLength, byte Kind, Entry? Entry, int Below);
}
