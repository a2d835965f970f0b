namespace Hutch.DataLad.Objects;

/// <summary>
/// A git tree as it grows: entries are added in the order of git, in which a directory sorts as its name with a slash behind. Hutch's own
/// trees have the same order.
/// </summary>
internal sealed class TreeBuffer
{
    private byte[] _bytes = new byte[512];
    private int _length = ObjectId.MaxHeaderBytes;

    /// <summary>True if it has no entries; git has no such trees except at the top.</summary>
    public bool IsEmpty => _length == ObjectId.MaxHeaderBytes;

    private ReadOnlyMemory<byte> Content => _bytes.AsMemory(ObjectId.MaxHeaderBytes, _length - ObjectId.MaxHeaderBytes);

    private ObjectId Id() => ObjectId.OfPadded(ObjectKind.Tree, _bytes.AsSpan(0, _length));

    public void Add(ReadOnlySpan<byte> mode, ReadOnlySpan<char> name, ObjectId id)
    {
        int most = mode.Length + Encoding.UTF8.GetMaxByteCount(name.Length) + 2 + ObjectId.Size;
        if (_bytes.Length - _length < most)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + most));
        }

        Span<byte> rest = _bytes.AsSpan(_length);
        mode.CopyTo(rest);
        rest[mode.Length] = (byte)' ';
        int at = mode.Length + 1;
        at += Encoding.UTF8.GetBytes(name, rest[at..]);
        rest[at++] = 0;
        id.CopyTo(rest[at..]);
        _length += at + ObjectId.Size;
    }

    public void Add(GitEntry entry)
    {
        int length = entry.Mode.Length + entry.Name.Length + 2 + ObjectId.Size;
        if (_bytes.Length - _length < length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + length));
        }

        Span<byte> rest = _bytes.AsSpan(_length, length);
        entry.Mode.CopyTo(rest);
        rest[entry.Mode.Length] = (byte)' ';
        entry.Name.CopyTo(rest[(entry.Mode.Length + 1)..]);
        rest[entry.Mode.Length + 1 + entry.Name.Length] = 0;
        entry.Id.CopyTo(rest[^ObjectId.Size..]);
        _length += length;
    }

    public ObjectId WriteTo(IObjectSink sink)
    {
        ObjectId id = Id();
        if (sink.Needs(id))
        {
            sink.Write(ObjectKind.Tree, id, Content.Span);
        }

        return id;
    }
}
