namespace Hutch.Model.Tar;

/// <summary>
/// The header of a tar member (POSIX.1-1988 ustar): a block of 512 bytes. The contents follow, padded with zeros to whole blocks; two
/// blocks of zeros end a stream. Segments, streams of blobs and archives use it to read and write their headers. Spans that were read point
/// into their block.
/// </summary>
public readonly ref struct UstarHeader
{
    /// <summary>The bytes of a header, and the unit of padding.</summary>
    public const int BlockBytes = 512;

    /// <summary>The zeros at the end of a stream, in bytes.</summary>
    public const int EndBytes = 2 * BlockBytes;

    /// <summary>The longest name and longest link target, in bytes.</summary>
    public const int MaxNameBytes = 100;

    /// <summary>The longest contents that eleven octal digits can express, in bytes.</summary>
    public const long MaxLength = (1L << 33) - 1;

    public const byte FileType = (byte)'0';

    private const int ModeAt = 100;
    private const int UserIdAt = 108;
    private const int GroupIdAt = 116;
    private const int LengthAt = 124;
    private const int ModifiedAt = 136;
    private const int ChecksumAt = 148;
    private const int ChecksumBytes = 8;
    private const int TypeAt = 156;
    private const int LinkNameAt = 157;
    private const int MagicAt = 257;
    private const int UserNameAt = 265;
    private const int GroupNameAt = 297;
    private const int DeviceMajorAt = 329;
    private const int DeviceMinorAt = 337;
    private const int PrefixAt = 345;
    private const int PrefixBytes = 155;
    private const int IdBytes = 8;
    private const int NumberBytes = 12;
    private const int OwnerBytes = 32;

    /// <summary>Creates the header of a plain file that its owner can write and everyone can read.</summary>
    public UstarHeader()
    {
    }

    /// <summary>The name; if <see cref="Prefix"/> is not empty, only the part after its slash.</summary>
    public ReadOnlySpan<byte> Name { get; init; }

    /// <summary>The folder of the name, without its slash. It is only read: longer names are written to a pax header.</summary>
    public ReadOnlySpan<byte> Prefix { get; private init; }

    public ReadOnlySpan<byte> LinkName { get; init; }

    /// <summary>The owner's name; at most 32 bytes.</summary>
    public ReadOnlySpan<byte> UserName { get; init; }

    /// <summary>The group's name; at most 32 bytes.</summary>
    public ReadOnlySpan<byte> GroupName { get; init; }

    /// <summary>The bytes of the contents.</summary>
    public long Length { get; init; }

    /// <summary>Permission bits.</summary>
    public int Mode { get; init; } = 0x1A4;

    /// <summary>The modification time, in seconds since 1970.</summary>
    public long ModifiedSeconds { get; init; }

    /// <summary>The type: <c>0</c> a file, <c>2</c> a symbolic link, <c>5</c> a directory, <c>x</c> a pax header.</summary>
    public byte Type { get; init; } = FileType;

    /// <summary>The bytes of padding after contents of a length.</summary>
    public static int PaddingAfter(long length) => (int)(-length & (BlockBytes - 1));

    /// <summary>The bytes of a member: header, contents and padding.</summary>
    public static long MemberBytes(long length) => BlockBytes + length + PaddingAfter(length);

    public static bool IsEnd(ReadOnlySpan<byte> block) => !block[..BlockBytes].ContainsAnyExcept((byte)0);

    /// <summary>Parses a header, except the mode, the owner's number and times, which no caller needs.</summary>
    public static UstarFault Read(ReadOnlySpan<byte> block, out UstarHeader header)
    {
        header = default;
        if (block.Length < BlockBytes || !TryReadNumber(block.Slice(ChecksumAt, ChecksumBytes), out long sum) || sum != Checksum(block))
        {
            return UstarFault.Checksum;
        }

        if (!TryReadNumber(block.Slice(LengthAt, NumberBytes), out long length))
        {
            return UstarFault.Length;
        }

        bool isUstar = block[MagicAt..].StartsWith("ustar\0"u8);
        header = new UstarHeader
        {
            Name = Text(block[..MaxNameBytes]),
            Prefix = isUstar ? Text(block.Slice(PrefixAt, PrefixBytes)) : default,
            LinkName = Text(block.Slice(LinkNameAt, MaxNameBytes)),
            UserName = isUstar ? Text(block.Slice(UserNameAt, OwnerBytes)) : default,
            GroupName = isUstar ? Text(block.Slice(GroupNameAt, OwnerBytes)) : default,
            Length = length,
            Type = block[TypeAt] == 0 ? FileType : block[TypeAt],
        };
        return UstarFault.None;
    }

    /// <summary>Writes the header into the first 512 bytes of a block.</summary>
    public void Write(Span<byte> block)
    {
        block = block[..BlockBytes];
        block.Clear();
        Name.CopyTo(block[..MaxNameBytes]);
        WriteOctal(block.Slice(ModeAt, IdBytes), Mode);
        WriteOctal(block.Slice(UserIdAt, IdBytes), 0);
        WriteOctal(block.Slice(GroupIdAt, IdBytes), 0);
        WriteOctal(block.Slice(LengthAt, NumberBytes), Length);
        WriteOctal(block.Slice(ModifiedAt, NumberBytes), ModifiedSeconds);
        block[TypeAt] = Type;
        LinkName.CopyTo(block.Slice(LinkNameAt, MaxNameBytes));
        "ustar\000"u8.CopyTo(block[MagicAt..]);
        UserName.CopyTo(block.Slice(UserNameAt, OwnerBytes));
        GroupName.CopyTo(block.Slice(GroupNameAt, OwnerBytes));
        WriteOctal(block.Slice(DeviceMajorAt, IdBytes), 0);
        WriteOctal(block.Slice(DeviceMinorAt, IdBytes), 0);

        // By old custom this field ends with zero and blank, not with one zero as the others do.
        WriteOctal(block.Slice(ChecksumAt, ChecksumBytes - 1), Checksum(block));
        block[ChecksumAt + ChecksumBytes - 1] = (byte)' ';
    }

    // The sum counts its own field as blanks.
    private static long Checksum(ReadOnlySpan<byte> block)
    {
        long sum = ChecksumBytes * ' ';
        for (int i = 0; i < BlockBytes; i++)
        {
            sum += i is >= ChecksumAt and < ChecksumAt + ChecksumBytes ? 0 : block[i];
        }

        return sum;
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    // Digits in the whole field but its last byte, which stays zero.
    private static void WriteOctal(Span<byte> field, long value)
    {
        for (int i = field.Length - 2; i >= 0; i--)
        {
            field[i] = (byte)('0' + (value & 7));
            value >>= 3;
        }
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        if ((field[0] & 0x80) != 0)
        {
            return TryReadBinary(field, out value);
        }

        ReadOnlySpan<byte> digits = field.Trim(" \0"u8);
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return false;
            }

            value = (value << 3) | (long)(digit - '0');
        }

        return !digits.IsEmpty;
    }

    // GNU's form for 8 GiB and more: the first bit set, then a big-endian number.
    private static bool TryReadBinary(ReadOnlySpan<byte> field, out long value)
    {
        value = field[0] & 0x7f;
        foreach (byte part in field[1..])
        {
            if (value > long.MaxValue >> 8)
            {
                return false;
            }

            value = (value << 8) | part;
        }

        return true;
    }
}

public enum UstarFault
{
    None,

    /// <summary>The checksum is wrong, or the block is too short.</summary>
    Checksum,

    Length,
}
