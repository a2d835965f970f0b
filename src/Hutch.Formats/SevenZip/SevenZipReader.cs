namespace Hutch.Formats.SevenZip;

/// <summary>Reads the numbers in the list of files of a 7z archive. It refuses any that lead outside the list.</summary>
internal ref struct SevenZipReader(ReadOnlySpan<byte> data)
{
    public const byte End = 0x00;
    public const byte Header = 0x01;
    public const byte MainStreams = 0x04;
    public const byte Files = 0x05;
    public const byte PackedStreams = 0x06;
    public const byte Blocks = 0x07;
    public const byte SubStreams = 0x08;
    public const byte Size = 0x09;
    public const byte Checksums = 0x0A;
    public const byte Block = 0x0B;
    public const byte UnpackedSizes = 0x0C;
    public const byte StreamsInBlock = 0x0D;
    public const byte EmptyStreams = 0x0E;
    public const byte EmptyFiles = 0x0F;
    public const byte Names = 0x11;
    public const byte EncodedHeader = 0x17;

    private const int MaxMembers = 2_000_000;
    private const int BitsOfByte = 8;

    private readonly ReadOnlySpan<byte> _data = data;

    /// <summary>The number of bytes that were read.</summary>
    public int Position { get; private set; }

    public static HutchException Refuse(string reason) =>
        ErrorCode.UnreadableFile.With($"The 7z archive cannot be read. {reason}.").ToException();

    public byte Byte() => Bytes(1)[0];

    public ReadOnlySpan<byte> Bytes(long count)
    {
        if (count < 0 || count > _data.Length - Position)
        {
            throw Refuse("Its list of files ends too early");
        }

        ReadOnlySpan<byte> bytes = _data.Slice(Position, (int)count);
        Position += (int)count;
        return bytes;
    }

    /// <summary>A number of up to 8 bytes: the leading ones of the first byte say how many follow.</summary>
    public long Number()
    {
        byte first = Byte();
        int further = byte.LeadingZeroCount((byte)~first);
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        Bytes(further).CopyTo(value);
        ulong number = BinaryPrimitives.ReadUInt64LittleEndian(value);
        if (further < BitsOfByte - 1)
        {
            ulong high = (ulong)(first & ((1 << (BitsOfByte - 1 - further)) - 1));
            number |= high << (further * BitsOfByte);
        }

        return number <= long.MaxValue ? (long)number : throw Refuse("Its list of files has a number beyond the limits");
    }

    /// <summary>A number of things that each have at least a byte in the rest of the list, so that no number reserves memory.</summary>
    public int Count()
    {
        long count = Number();
        return count <= Math.Min(_data.Length - Position + 1, MaxMembers)
            ? (int)count
            : throw Refuse($"Its list of files counts {count} parts: more than it can have, or than the limit of {MaxMembers}");
    }

    public void Require(byte id)
    {
        if (Byte() is var found && found != id)
        {
            throw Refuse($"Its list of files has part {found} in place of part {id}");
        }
    }

    /// <summary>One bit for each of a number of things, the highest bit of a byte first.</summary>
    public bool[] Bits(int count)
    {
        ReadOnlySpan<byte> bytes = Bytes((count + BitsOfByte - 1) / BitsOfByte);
        bool[] bits = new bool[count];
        for (int i = 0; i < count; i++)
        {
            bits[i] = (bytes[i / BitsOfByte] & (0x80 >> (i % BitsOfByte))) != 0;
        }

        return bits;
    }

    /// <summary>The CRC-32 of each of a number of things; null where none is given.</summary>
    public uint?[] ReadChecksums(int count)
    {
        bool[]? given = Byte() == 0 ? Bits(count) : null;
        var checksums = new uint?[count];
        for (int i = 0; i < count; i++)
        {
            if (given?[i] ?? true)
            {
                checksums[i] = BinaryPrimitives.ReadUInt32LittleEndian(Bytes(sizeof(uint)));
            }
        }

        return checksums;
    }
}
