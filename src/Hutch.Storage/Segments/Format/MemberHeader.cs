using System.Buffers;
using System.Buffers.Text;
using Hutch.Model.Tar;

namespace Hutch.Storage.Segments.Format;

/// <summary>
/// The 512 bytes before a member: a plain ustar header (POSIX.1-1988) with everything fixed but the name, the size and, in the field of the
/// user's name, the CRC32C of the body. Canonical: there is one header for a member, so any changed bit is found.
/// </summary>
internal readonly record struct MemberHeader(MemberName Name, int Length, uint Crc32C)
{
    public const int Size = TarLayout.BlockSize;

    // 2000-01-01T00:00:00Z: GNU tar warns of an implausible time when it extracts 1970.
    private const long FixedTime = 946684800;

    // 0444: what a segment holds is never written again.
    private const int ReadOnlyMode = 0x124;
    private const int CrcDigits = 8;

    private static ReadOnlySpan<byte> CrcPrefix => "crc32c="u8;

    /// <summary>Bytes of the member: header, body, padding.</summary>
    public long MemberSize => TarLayout.MemberSize(Length);

    public void Write(Span<byte> destination)
    {
        Span<byte> name = stackalloc byte[UstarHeader.MaxNameBytes];
        name.Clear();
        Name.Write(name);
        Span<byte> crc = stackalloc byte[CrcPrefix.Length + CrcDigits];
        CrcPrefix.CopyTo(crc);
        _ = Utf8Formatter.TryFormat(Crc32C, crc[CrcPrefix.Length..], out _, new StandardFormat('x', CrcDigits));
        new UstarHeader
        {
            Name = name,
            Mode = ReadOnlyMode,
            Length = Length,
            ModifiedSeconds = FixedTime,
            UserName = crc,
            GroupName = "hutch"u8,
        }.Write(destination);
    }

    /// <summary>Reads a header that <see cref="Write"/> could have written; anything else is refused.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out MemberHeader header)
    {
        header = default;
        if (UstarHeader.Read(source, out UstarHeader block) != UstarFault.None || block.Length > int.MaxValue
            || !MemberName.TryRead(block.Name, out MemberName name) || !TryReadCrc(block.UserName, out uint crc))
        {
            return false;
        }

        header = new MemberHeader(name, (int)block.Length, crc);
        Span<byte> canonical = stackalloc byte[Size];
        header.Write(canonical);
        return canonical.SequenceEqual(source[..Size]);
    }

    private static bool TryReadCrc(ReadOnlySpan<byte> field, out uint crc)
    {
        crc = 0;
        return field.StartsWith(CrcPrefix)
            && uint.TryParse(field[CrcPrefix.Length..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out crc);
    }
}
