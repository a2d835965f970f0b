using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Packs;

/// <summary>
/// The offsets of the objects of a pack: a file of git's own format (gitformat-pack, version 2 of pack-*.idx), held in memory.
/// </summary>
internal sealed class PackIndex
{
    private const uint Magic = 0xFF744F63;
    private const uint Version = 2;
    private const int Fans = 256;
    private const int HeadBytes = 8 + (Fans * sizeof(uint));
    private const int TrailerBytes = 2 * ObjectId.Size;
    private const uint IsLarge = 0x80000000;

    private readonly byte[] _bytes;

    private PackIndex(byte[] bytes, int count)
    {
        _bytes = bytes;
        Count = count;
    }

    public int Count { get; }

    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The SHA-1 at the end of the pack, by which git names its files.</summary>
    public ObjectId PackId => new(_bytes.AsSpan(_bytes.Length - TrailerBytes));

    private int OffsetsAt => HeadBytes + (Count * (ObjectId.Size + sizeof(uint)));

    /// <param name="objects">Its objects, in any order.</param>
    /// <param name="pack">The SHA-1 at its end.</param>
    [SuppressMessage("Security", "CA5350", Justification = "git's files end in a SHA-1.")]
    public static PackIndex From(IReadOnlyCollection<PackedObject> objects, ObjectId pack)
    {
        PackedObject[] sorted = [.. objects];
        Array.Sort(sorted, static (left, right) => left.Id.CompareTo(right.Id));
        int large = sorted.Count(static one => one.Offset >= IsLarge);
        var bytes = new byte[
            HeadBytes + (sorted.Length * (ObjectId.Size + (2 * sizeof(uint)))) + (large * sizeof(ulong)) + TrailerBytes];
        var index = new PackIndex(bytes, sorted.Length);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(sizeof(uint)), Version);
        int crcs = HeadBytes + (sorted.Length * ObjectId.Size);
        int larges = index.OffsetsAt + (sorted.Length * sizeof(uint));
        for (int i = 0, next = 0; i < sorted.Length; i++)
        {
            PackedObject one = sorted[i];
            one.Id.CopyTo(bytes.AsSpan(HeadBytes + (i * ObjectId.Size)));
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(crcs + (i * sizeof(uint))), one.Crc);
            uint offset = one.Offset < IsLarge ? (uint)one.Offset : IsLarge | (uint)next;
            if (one.Offset >= IsLarge)
            {
                BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(larges + (next++ * sizeof(ulong))), one.Offset);
            }

            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(index.OffsetsAt + (i * sizeof(uint))), offset);
        }

        WriteFans(bytes, sorted);
        pack.CopyTo(bytes.AsSpan(bytes.Length - TrailerBytes));
        SHA1.HashData(bytes.AsSpan(0, bytes.Length - ObjectId.Size), bytes.AsSpan(bytes.Length - ObjectId.Size));
        return index;
    }

    public static PackIndex Parse(byte[] bytes)
    {
        if (bytes.Length >= HeadBytes + TrailerBytes && BinaryPrimitives.ReadUInt32BigEndian(bytes) == Magic)
        {
            int count = (int)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(HeadBytes - sizeof(uint)));
            if (bytes.Length >= HeadBytes + ((long)count * (ObjectId.Size + (2 * sizeof(uint)))) + TrailerBytes)
            {
                return new PackIndex(bytes, count);
            }
        }

        throw ErrorCode.Gone.With("The index of a pack of this repository is not what was stored.").ToException();
    }

    /// <summary>All objects and where they begin, in the order of their names.</summary>
    public IEnumerable<(ObjectId Id, long Offset)> Objects()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return (new ObjectId(_bytes.AsSpan(HeadBytes + (i * ObjectId.Size))), OffsetOf(i));
        }
    }

    /// <summary>The object's place in the pack; -1 when it is not there.</summary>
    public long Find(ObjectId id)
    {
        Span<byte> wanted = stackalloc byte[ObjectId.Size];
        id.CopyTo(wanted);
        int low = wanted[0] == 0 ? 0 : Fan(wanted[0] - 1);
        int high = Fan(wanted[0]);
        while (low < high)
        {
            int middle = (low + high) / 2;
            int order = _bytes.AsSpan(HeadBytes + (middle * ObjectId.Size), ObjectId.Size).SequenceCompareTo(wanted);
            if (order == 0)
            {
                return OffsetOf(middle);
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle);
        }

        return -1;
    }

    private int Fan(int at) => (int)BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(8 + (at * sizeof(uint))));

    private long OffsetOf(int at)
    {
        uint offset = BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(OffsetsAt + (at * sizeof(uint))));
        int larges = OffsetsAt + (Count * sizeof(uint));
        return offset < IsLarge
            ? offset
            : BinaryPrimitives.ReadInt64BigEndian(_bytes.AsSpan(larges + ((int)(offset & ~IsLarge) * sizeof(ulong))));
    }

    private static void WriteFans(byte[] bytes, PackedObject[] sorted)
    {
        int at = 0;
        Span<byte> id = stackalloc byte[ObjectId.Size];
        for (int fan = 0; fan < Fans; fan++)
        {
            while (at < sorted.Length)
            {
                sorted[at].Id.CopyTo(id);
                if (id[0] > fan)
                {
                    break;
                }

                at++;
            }

            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8 + (fan * sizeof(uint))), (uint)at);
        }
    }
}

/// <param name="Offset">The offset of its first byte.</param>
/// <param name="Crc">The CRC-32 of its packed bytes.</param>
internal readonly record struct PackedObject(ObjectId Id, long Offset, uint Crc);
