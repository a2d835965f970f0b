using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Hutch.Model.Checksums;

namespace Hutch.Cluster.Bytes;

internal sealed class LogDirectoryReader(ReadOnlyMemory<byte> bytes)
{
    private ReadOnlyMemory<byte> _rest = bytes;
    private Lane[] _lanes = [];

    public bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Checks the whole, then reads the first bytes and the lanes.</summary>
    public void Start()
    {
        ReadOnlySpan<byte> magic = LogDirectoryWriter.Magic;
        ReadOnlySpan<byte> all = _rest.Span;
        if (all.Length < magic.Length + sizeof(uint) || !all.StartsWith(magic[..^1]))
        {
            throw Damaged("it does not begin like one");
        }

        if (all[magic.Length - 1] != magic[^1])
        {
            throw new StorageFormatException(
                $"A row of the log has a directory of format {all[magic.Length - 1]}; this program knows {magic[^1]}. "
                + "A newer Hutch wrote it: start that version.");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(all[^sizeof(uint)..]) != Checksum.Crc32C(all[..^sizeof(uint)]))
        {
            throw Damaged("its checksum is wrong");
        }

        _rest = _rest[magic.Length..^sizeof(uint)];
        _lanes = Read(static reader =>
            Lane.TryParse(reader.Text(), out Lane lane) ? lane : throw Damaged("a lane has no known name"));
    }

    public T[] Read<T>(Func<LogDirectoryReader, T> read)
    {
        long count = Number();
        if (count > _rest.Length)
        {
            throw Damaged("it says more than it has");
        }

        var all = new T[count];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = read(this);
        }

        return all;
    }

    public RowMember Member()
    {
        Lane lane = LaneOf();
        MemberKey key = Key();
        int length = Length();
        return new RowMember(lane, key, length, Crc());
    }

    public StoredExtent Extent()
    {
        Lane lane = LaneOf();
        MemberKey key = MemberKey.Extent(Id(), Number());
        return new StoredExtent(lane, key, Id(), Length(), Crc());
    }

    public StoredPack Pack()
    {
        Lane lane = LaneOf();
        long number = Number();
        Guid server = Id();
        long length = Number();
        string seal = Text();
        long row = 0;
        PackedRow[] rows = Read(reader =>
        {
            row += reader.Number();
            return new PackedRow(row, reader.Number());
        });
        return new StoredPack(number, lane, server, length, seal, rows);
    }

    public DamagedMember Damage()
    {
        long row = Number();
        long offset = Number();
        return new DamagedMember(row, offset, Text());
    }

    public CondemnedObject Condemn()
    {
        string name = Text();
        return new CondemnedObject(name, Number());
    }

    public ulong Fingerprint() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    public string Text()
    {
        ReadOnlySpan<byte> text = Take(Length());
        return Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : throw Damaged("a text is not UTF-8");
    }

    public void End()
    {
        if (!IsAtEnd)
        {
            throw Damaged("there is more behind its end");
        }
    }

    private Lane LaneOf()
    {
        long index = Number();
        return index < _lanes.Length ? _lanes[index] : throw Damaged("a lane is not named");
    }

    private MemberKey Key()
    {
        var kind = (MemberKind)Take(1)[0];
        return kind is MemberKind.Blob or MemberKind.Extent
            ? MemberKey.Read(kind, Take(MemberKey.Size))
            : throw Damaged("a member is of no known kind");
    }

    private Guid Id() => new(Take(16), bigEndian: true);

    private uint Crc() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    private int Length() => Number() is <= int.MaxValue and var length ? (int)length : throw Damaged("a length is too large");

    private long Number()
    {
        ulong number = 0;
        for (int shift = 0; shift < 63; shift += 7)
        {
            byte next = Take(1)[0];
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return (long)number;
            }
        }

        throw Damaged("a number is too large");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw Damaged("it ends too early");
        }

        ReadOnlySpan<byte> taken = _rest.Span[..count];
        _rest = _rest[count..];
        return taken;
    }

    private static StorageFormatException Damaged(string why) => new(
        $"The directory of a row of the log is damaged: {why}. Restore the database from a backup.");
}
