using System.Buffers;
using System.Buffers.Binary;
using Hutch.Model.Checksums;

namespace Hutch.Buckets;

/// <summary>
/// Changes of a file in order, as bytes: for each its kind (1 byte), offset and length (8 bytes each, little-endian), and the bytes that
/// were written. A CRC32C (4 bytes) ends them.
/// </summary>
internal sealed class FileChanges
{
    private const int HeadBytes = 17;
    private const int ChecksumBytes = 4;
    private const byte Written = (byte)'w';
    private const byte Zeros = (byte)'z';
    private const byte Cut = (byte)'c';
    private const byte Extended = (byte)'e';

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>True if there is more than zeros, which mean nothing without what follows them.</summary>
    public bool HasContent { get; private set; }

    public void Write(ReadOnlySpan<byte> source, long offset)
    {
        if (!source.ContainsAnyExcept((byte)0))
        {
            Add(Zeros, offset, source.Length);
            return;
        }

        Add(Written, offset, source.Length);
        _bytes.Write(source);
        HasContent = true;
    }

    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset)
    {
        foreach (ReadOnlyMemory<byte> source in sources)
        {
            Write(source.Span, offset);
            offset += source.Length;
        }
    }

    public void SetLength(long length)
    {
        Add(Cut, length, 0);
        HasContent = true;
    }

    public void Allocate(long length) => Add(Extended, length, 0);

    /// <summary>Returns the changes so far, and begins again.</summary>
    public byte[] Take()
    {
        var taken = new byte[_bytes.WrittenCount + ChecksumBytes];
        _bytes.WrittenSpan.CopyTo(taken);
        BinaryPrimitives.WriteUInt32LittleEndian(taken.AsSpan(_bytes.WrittenCount), Checksum.Crc32C(_bytes.WrittenSpan));
        _bytes.Clear();
        HasContent = false;
        return taken;
    }

    /// <summary>Makes the changes in a file; false if they are damaged.</summary>
    public static bool TryReplay(ReadOnlySpan<byte> changes, IDiskFile file)
    {
        if (changes.Length < ChecksumBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(changes[^ChecksumBytes..]) != Checksum.Crc32C(changes[..^ChecksumBytes]))
        {
            return false;
        }

        for (changes = changes[..^ChecksumBytes]; changes.Length >= HeadBytes;)
        {
            long offset = BinaryPrimitives.ReadInt64LittleEndian(changes[1..]);
            long length = BinaryPrimitives.ReadInt64LittleEndian(changes[9..]);
            byte kind = changes[0];
            changes = changes[HeadBytes..];
            if (offset < 0 || length < 0 || (kind == Written && length > changes.Length))
            {
                return false;
            }

            switch (kind)
            {
                case Written:
                    file.Write(changes[..(int)length], offset);
                    changes = changes[(int)length..];
                    break;
                case Zeros:
                    WriteZeros(file, offset, length);
                    break;
                case Cut:
                    file.SetLength(offset);
                    break;
                default:
                    file.SetLength(Math.Max(file.Length, offset));
                    break;
            }
        }

        return true;
    }

    private static void WriteZeros(IDiskFile file, long offset, long length)
    {
        var zeros = new byte[(int)Math.Min(length, 64 << 10)];
        for (; length > 0; length -= zeros.Length, offset += zeros.Length)
        {
            file.Write(zeros.AsSpan(0, (int)Math.Min(length, zeros.Length)), offset);
        }
    }

    private void Add(byte kind, long offset, long length)
    {
        Span<byte> head = _bytes.GetSpan(HeadBytes);
        head[0] = kind;
        BinaryPrimitives.WriteInt64LittleEndian(head[1..], offset);
        BinaryPrimitives.WriteInt64LittleEndian(head[9..], length);
        _bytes.Advance(HeadBytes);
    }
}
