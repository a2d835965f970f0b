namespace Hutch.Formats.Hdf5Structure;

/// <summary>
/// The index of the chunks of one data set: a B-tree of version 1, type 1 (section III.A.1 of the format), which every libhdf5 reads. Its
/// nodes have equal lengths and follow each other, leaves first, the root last. Each is made on request, so that a long series needs no
/// memory for its index.
/// </summary>
/// <param name="stored">The data set; its chunks follow one another along its first length.</param>
/// <param name="chunkAt">The chunk with a number from 0, in the order of their items.</param>
internal sealed class ChunkIndex(Hdf5Stored stored, int count, Func<int, StoredChunk> chunkAt)
{
    /// <summary>Children of a node, twice the rank of the tree that libhdf5 assumes where a file does not say another.</summary>
    private const int Fanout = 64;

    private const int PrefixBytes = 24;

    private readonly int[] _levels = LevelsOf(count);
    private readonly int _keyBytes = sizeof(uint) + sizeof(uint) + (sizeof(ulong) * (stored.Shape.Length + 1));

    public int NodeBytes => PrefixBytes + ((Fanout + 1) * _keyBytes) + (Fanout * sizeof(ulong));

    /// <summary>Bytes of all nodes; 0 when there are no chunks.</summary>
    public long Bytes => (long)_levels.Sum() * NodeBytes;

    /// <summary>The offset of the first node in the file.</summary>
    public long Start { get; private set; }

    /// <summary>Puts the index at an offset of the file, and sets the address of the data set.</summary>
    public void MoveTo(long start)
    {
        Start = start;
        stored.Address = count == 0 ? Hdf5Messages.NoAddress : AddressOf(_levels.Length - 1, 0);
    }

    /// <param name="offset">Where it begins, from the first node.</param>
    public void Read(long offset, Span<byte> to)
    {
        byte[] node = new byte[NodeBytes];
        while (!to.IsEmpty)
        {
            (long number, long at) = Math.DivRem(offset, NodeBytes);
            WriteNode((int)number, node);
            int length = (int)Math.Min(to.Length, NodeBytes - at);
            node.AsSpan((int)at, length).CopyTo(to);
            to = to[length..];
            offset += length;
        }
    }

    /// <summary>Returns the number of nodes on each level, the leaves first.</summary>
    private static int[] LevelsOf(int chunks)
    {
        var levels = new List<int>();
        for (int below = chunks; below > 1 || levels.Count == 0;)
        {
            below = (below + Fanout - 1) / Fanout;
            levels.Add(below);
        }

        return [.. levels];
    }

    private void WriteNode(int number, Span<byte> node)
    {
        int level = 0;
        while (number >= _levels[level])
        {
            number -= _levels[level++];
        }

        node.Clear();
        int first = number * Fanout;
        int children = Math.Min(Fanout, (level == 0 ? count : _levels[level - 1]) - first);
        "TREE"u8.CopyTo(node);
        node[4] = 1; // of chunks
        node[5] = (byte)level;
        BinaryPrimitives.WriteUInt16LittleEndian(node[6..], (ushort)children);
        BinaryPrimitives.WriteUInt64LittleEndian(node[8..], number == 0 ? Hdf5Messages.NoAddress : AddressOf(level, number - 1));
        BinaryPrimitives.WriteUInt64LittleEndian(
            node[16..], number + 1 == _levels[level] ? Hdf5Messages.NoAddress : AddressOf(level, number + 1));
        Span<byte> to = node[PrefixBytes..];
        for (int child = first; child < first + children; child++)
        {
            WriteKey(to, FirstChunkOf(level, child));
            ulong address = level == 0 ? (ulong)chunkAt(child).Address : AddressOf(level - 1, child);
            BinaryPrimitives.WriteUInt64LittleEndian(to[_keyBytes..], address);
            to = to[(_keyBytes + sizeof(ulong))..];
        }

        WriteKey(to, FirstChunkOf(level, first + children));
    }

    /// <summary>A key has the length and mask of a chunk, and where in the data set it begins; the last one is behind all chunks.</summary>
    private void WriteKey(Span<byte> to, long chunk)
    {
        Span<byte> at = to[(2 * sizeof(uint))..];
        if (chunk < count)
        {
            StoredChunk found = chunkAt((int)chunk);
            BinaryPrimitives.WriteUInt32LittleEndian(to, found.Bytes);
            BinaryPrimitives.WriteUInt32LittleEndian(to[sizeof(uint)..], found.FilterMask);
            BinaryPrimitives.WriteUInt64LittleEndian(at, (ulong)found.Item);
            return;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(at, (ulong)chunkAt(count - 1).Item + stored.ChunkItems);
        for (int i = 1; i < stored.Shape.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(at[(i * sizeof(ulong))..], stored.Shape[i]);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(at[(stored.Shape.Length * sizeof(ulong))..], (ulong)stored.ElementBytes);
    }

    private static long FirstChunkOf(int level, long child)
    {
        for (; level > 0; level--)
        {
            child *= Fanout;
        }

        return child;
    }

    private ulong AddressOf(int level, int number) => (ulong)(Start + ((long)(_levels.Take(level).Sum() + number) * NodeBytes));
}

/// <param name="Item">Which item of the data set is its first, from 0.</param>
/// <param name="FilterMask">HDF5's filter mask: a bit for each filter that it did not go through.</param>
internal readonly record struct StoredChunk(long Item, long Address, uint Bytes, uint FilterMask);
