using System.Buffers.Text;
using System.Globalization;

namespace Hutch.Storage.Segments.Format;

/// <summary>
/// The 512 bytes before a member: a plain ustar header (POSIX.1-1988) with everything fixed but the name, the size and, in the field of the
/// user's name, the CRC32C of the body. Canonical: there is one header for a member, so any changed bit is found.
/// </summary>
internal readonly record struct TarHeader(MemberName Name, int Length, uint Crc32C)
{
    public const int Size = TarLayout.BlockSize;

    // Offsets and lengths of the ustar fields.
    private const int NameLength = 100;
    private const int ModeAt = 100;
    private const int UserIdAt = 108;
    private const int GroupIdAt = 116;
    private const int SizeAt = 124;
    private const int TimeAt = 136;
    private const int ChecksumAt = 148;
    private const int TypeAt = 156;
    private const int MagicAt = 257;
    private const int UserNameAt = 265;
    private const int GroupNameAt = 297;
    private const int DeviceMajorAt = 329;
    private const int DeviceMinorAt = 337;

    // 2000-01-01T00:00:00Z: GNU tar warns of an implausible time when it extracts 1970.
    private const long FixedTime = 946684800;

    private static ReadOnlySpan<byte> CrcPrefix => "crc32c="u8;

    /// <summary>Bytes of the member: header, body, padding.</summary>
    public long MemberSize => TarLayout.MemberSize(Length);

    /// <summary>Writes the header.</summary>
    public void Write(Span<byte> destination)
    {
        destination = destination[..Size];
        destination.Clear();
        Name.Write(destination[..NameLength]);
        "0000444\0"u8.CopyTo(destination[ModeAt..]);
        "0000000\0"u8.CopyTo(destination[UserIdAt..]);
        "0000000\0"u8.CopyTo(destination[GroupIdAt..]);
        WriteOctal(destination.Slice(SizeAt, 11), Length);
        WriteOctal(destination.Slice(TimeAt, 11), FixedTime);
        destination[TypeAt] = (byte)'0';
        "ustar\000"u8.CopyTo(destination[MagicAt..]);
        CrcPrefix.CopyTo(destination[UserNameAt..]);
        _ = Utf8Formatter.TryFormat(Crc32C, destination[(UserNameAt + CrcPrefix.Length)..], out _, new System.Buffers.StandardFormat('x', 8));
        "hutch"u8.CopyTo(destination[GroupNameAt..]);
        "0000000\0"u8.CopyTo(destination[DeviceMajorAt..]);
        "0000000\0"u8.CopyTo(destination[DeviceMinorAt..]);
        WriteChecksum(destination);
    }

    /// <summary>Reads a header that <see cref="Write"/> could have written; anything else is refused.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out TarHeader header)
    {
        header = default;
        if (source.Length < Size || !source[MagicAt..].StartsWith("ustar\0"u8) || !MemberName.TryRead(source[..NameLength], out MemberName name)
            || !TryReadOctal(source.Slice(SizeAt, 11), out long length) || length > int.MaxValue
            || !TryReadCrc(source[UserNameAt..], out uint crc))
        {
            return false;
        }

        header = new TarHeader(name, (int)length, crc);
        Span<byte> canonical = stackalloc byte[Size];
        header.Write(canonical);
        return canonical.SequenceEqual(source[..Size]);
    }

    private static void WriteChecksum(Span<byte> header)
    {
        // The sum counts the checksum field itself as blanks.
        header.Slice(ChecksumAt, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte b in header)
        {
            sum += b;
        }

        WriteOctal(header.Slice(ChecksumAt, 6), sum);
        header[ChecksumAt + 6] = 0;
    }

    private static void WriteOctal(Span<byte> field, long value)
    {
        for (int i = field.Length - 1; i >= 0; i--)
        {
            field[i] = (byte)('0' + (value & 7));
            value >>= 3;
        }
    }

    private static bool TryReadOctal(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        foreach (byte b in field)
        {
            if (b is < (byte)'0' or > (byte)'7')
            {
                return false;
            }

            value = (value << 3) | (uint)(b - '0');
        }

        return true;
    }

    private static bool TryReadCrc(ReadOnlySpan<byte> field, out uint crc)
    {
        crc = 0;
        return field.StartsWith(CrcPrefix)
            && uint.TryParse(field.Slice(CrcPrefix.Length, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out crc);
    }
}
