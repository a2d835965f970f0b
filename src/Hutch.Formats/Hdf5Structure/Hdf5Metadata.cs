namespace Hutch.Formats.Hdf5Structure;

/// <summary>The beginning of a generated file: its head, then the indexes of its chunks.</summary>
internal sealed class Hdf5Metadata
{
    private readonly byte[] _head;
    private readonly IReadOnlyList<ChunkIndex> _indexes;

    private Hdf5Metadata(byte[] head, IReadOnlyList<ChunkIndex> indexes, long bytes) => (_head, _indexes, Bytes) = (head, indexes, bytes);

    /// <summary>Bytes of head and indexes.</summary>
    public long Bytes { get; }

    /// <summary>Bytes of the head, which is in memory.</summary>
    public int HeadBytes => _head.Length;

    /// <param name="head">The head; its length does not depend on the places.</param>
    /// <param name="placeRest">Gives what follows its places; takes where it begins, returns the length of the file.</param>
    public static Hdf5Metadata Place(Hdf5Head head, IReadOnlyList<ChunkIndex> indexes, Func<long, long> placeRest)
    {
        long at = head.Write(0).Length;
        foreach (ChunkIndex index in indexes)
        {
            index.MoveTo(at);
            at += index.Bytes;
        }

        return new Hdf5Metadata(head.Write(placeRest(at)), indexes, at);
    }

    public void Read(long offset, Span<byte> to)
    {
        if (offset < _head.Length)
        {
            int length = (int)Math.Min(to.Length, _head.Length - offset);
            _head.AsSpan((int)offset, length).CopyTo(to);
            offset += length;
            to = to[length..];
        }

        foreach (ChunkIndex index in _indexes)
        {
            long end = index.Start + index.Bytes;
            if (!to.IsEmpty && offset < end)
            {
                int length = (int)Math.Min(to.Length, end - offset);
                index.Read(offset - index.Start, to[..length]);
                offset += length;
                to = to[length..];
            }
        }
    }
}
