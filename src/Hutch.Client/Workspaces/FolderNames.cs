using System.Runtime.InteropServices;

namespace Hutch.Client.Workspaces;

/// <summary>
/// The names of one folder in the byte order of their paths: the contents of the folder <c>a</c> come after <c>a-b</c>, because <c>a/</c>
/// does. Takes little more memory than the bytes of the names.
/// </summary>
internal sealed class FolderNames
{
    private const int HeadBytes = 3;
    private const int FirstBytes = 1024;

    private readonly List<int> _starts = [];
    private Dictionary<int, string>? _local;
    private byte[] _bytes = new byte[FirstBytes];
    private int _used;

    /// <summary>The kind of an item in the order.</summary>
    internal enum Place : byte
    {
        Item,

        /// <summary>A folder itself, which is an entry when it is empty.</summary>
        Folder,

        Contents,
    }

    internal int Count => _starts.Count;

    internal (string Name, Place Place) this[int index]
    {
        get
        {
            int start = _starts[index];
            var kind = (Place)_bytes[start];
            ReadOnlySpan<byte> key = Key(start);
            string? local = null;
            _local?.TryGetValue(start, out local);
            return (local ?? Encoding.UTF8.GetString(kind == Place.Contents ? key[..^1] : key), kind);
        }
    }

    /// <summary>Every name once.</summary>
    internal IEnumerable<string> All()
    {
        for (int i = 0; i < Count; i++)
        {
            (string name, Place kind) = this[i];
            if (kind != Place.Contents)
            {
                yield return name;
            }
        }
    }

    /// <summary>Adds a name; in a dataset it is in normal form (NFC), and sorts as that.</summary>
    internal void Add(ReadOnlySpan<byte> name, bool isFolder)
    {
        string? local = null;
        ReadOnlySpan<byte> key = name;
        if (!Ascii.IsValid(name))
        {
            string text = Encoding.UTF8.GetString(name);
            if (DatasetPath.Parse(text).TryGet(out DatasetPath path, out _) && path.Value != text)
            {
                local = text;
                key = Encoding.UTF8.GetBytes(path.Value);
            }
        }

        Add(key, isFolder ? Place.Folder : Place.Item, local);
        if (isFolder)
        {
            Add([.. key, (byte)'/'], Place.Contents, local);
        }
    }

    internal void Sort() => CollectionsMarshal.AsSpan(_starts).Sort((a, b) => Key(a).SequenceCompareTo(Key(b)));

    private void Add(ReadOnlySpan<byte> key, Place kind, string? local)
    {
        int end = checked(_used + HeadBytes + key.Length);
        if (end > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(end, (int)Math.Min(2L * _bytes.Length, Array.MaxLength)));
        }

        if (local is not null)
        {
            (_local ??= []).Add(_used, local);
        }

        _starts.Add(_used);
        _bytes[_used] = (byte)kind;
        MemoryMarshal.Write(_bytes.AsSpan(_used + 1), (ushort)key.Length);
        key.CopyTo(_bytes.AsSpan(_used + HeadBytes));
        _used = end;
    }

    private ReadOnlySpan<byte> Key(int start) =>
        _bytes.AsSpan(start + HeadBytes, MemoryMarshal.Read<ushort>(_bytes.AsSpan(start + 1)));
}
