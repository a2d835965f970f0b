namespace Hutch.Mount.Protocol;

/// <summary>Fills the kernel's room with names of a folder (<c>struct fuse_dirent</c>, <c>struct fuse_direntplus</c>).</summary>
internal sealed class FuseFolderBuffer(int capacity)
{
    /// <summary>The longest name that the kernel takes (FUSE_NAME_MAX).</summary>
    internal const int MaxNameBytes = 1024;

    private const int HeaderBytes = 24;
    private const int MaxRoomBytes = 1024 * 1024;

    private readonly byte[] _bytes = new byte[Math.Min(capacity, MaxRoomBytes)];
    private int _length;

    internal ReadOnlyMemory<byte> Body => _bytes.AsMemory(0, _length);

    /// <summary>Returns true if there is room for a name.</summary>
    internal bool HasRoom(ReadOnlySpan<byte> name, bool withEntry) => Padded(name, withEntry) <= _bytes.Length - _length;

    /// <summary>Adds a name. There must be room.</summary>
    /// <param name="next">The offset at which the next name is read.</param>
    /// <param name="type">The type bits of its mode.</param>
    internal void Add(ReadOnlySpan<byte> name, ulong inode, long next, uint type)
    {
        var writer = new FuseWriter(_bytes.AsSpan(_length));
        writer.U64(inode);
        writer.U64((ulong)next);
        writer.U32((uint)name.Length);
        writer.U32(type >> 12);
        name.CopyTo(_bytes.AsSpan(_length + HeaderBytes));
        _length += Padded(name, withEntry: false);
    }

    /// <summary>Adds room for the attributes of the name that is added next. All zeros: the kernel takes no node from it.</summary>
    internal Span<byte> AddEntry()
    {
        _length += FuseAttributes.EntryBytes;
        return _bytes.AsSpan(_length - FuseAttributes.EntryBytes, FuseAttributes.EntryBytes);
    }

    private static int Padded(ReadOnlySpan<byte> name, bool withEntry) =>
        ((HeaderBytes + name.Length + 7) & ~7) + (withEntry ? FuseAttributes.EntryBytes : 0);
}
