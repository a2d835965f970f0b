using System.Buffers.Binary;

namespace Hutch.Api.Zip;

/// <summary>
/// Writes a ZIP archive (PKWARE APPNOTE 6.3.9, zip64, members stored uncompressed) into a pipe. Checksums come after the bytes, so that
/// nothing is read twice. The offset of each member follows from names and sizes, so that only checksums are remembered.
/// </summary>
internal sealed class ZipWriter(PipeWriter output)
{
    private const uint LocalSignature = 0x04034b50;
    private const uint DescriptorSignature = 0x08074b50;
    private const uint CentralSignature = 0x02014b50;
    private const uint End64Signature = 0x06064b50;
    private const uint Locator64Signature = 0x07064b50;
    private const uint EndSignature = 0x06054b50;
    private const ushort Version = 45;
    private const ushort MadeByUnix = 3 << 8;

    // Bit 3: sizes and checksum follow the bytes. Bit 11: names are UTF-8.
    private const ushort Flags = 0x0808;
    private const int LocalBytes = 30;
    private const int CentralBytes = 46;
    private const int Extra64Local = 20;
    private const int ExtraTime = 9;

    private readonly List<uint> _checksums = [];
    private long _offset;
    private long _centralStart = -1;
    private long _centralBytes;
    private long _next;
    private int _central;

    /// <summary>Writes the header of a member; its bytes follow.</summary>
    public void Begin(in ZipEntry entry) => output.Write(Header(entry));

    /// <summary>The header of a member alone: for a member that is written only if its bytes can be read.</summary>
    public static byte[] Header(in ZipEntry entry)
    {
        int extra = ExtraTime + (entry.IsLarge ? Extra64Local : 0);
        byte[] bytes = new byte[LocalBytes + entry.NameBytes + extra];
        Span<byte> header = bytes;
        BinaryPrimitives.WriteUInt32LittleEndian(header, LocalSignature);
        WriteCommon(header[4..], entry, checksum: 0, sizesHere: entry.IsLarge ? uint.MaxValue : (uint)entry.Size);
        BinaryPrimitives.WriteUInt16LittleEndian(header[28..], (ushort)extra);
        Span<byte> rest = header[(LocalBytes + Encoding.UTF8.GetBytes(entry.Name, header[LocalBytes..]))..];
        WriteTime(ref rest, entry);
        if (entry.IsLarge)
        {
            WriteExtra64(ref rest, entry.Size, entry.Size, null);
        }

        return bytes;
    }

    /// <summary>Writes what follows the bytes of a member.</summary>
    public void Finish(in ZipEntry entry, uint checksum)
    {
        Span<byte> descriptor = Take(entry.IsLarge ? 24 : 16);
        BinaryPrimitives.WriteUInt32LittleEndian(descriptor, DescriptorSignature);
        BinaryPrimitives.WriteUInt32LittleEndian(descriptor[4..], checksum);
        if (entry.IsLarge)
        {
            BinaryPrimitives.WriteInt64LittleEndian(descriptor[8..], entry.Size);
            BinaryPrimitives.WriteInt64LittleEndian(descriptor[16..], entry.Size);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(descriptor[8..], (uint)entry.Size);
            BinaryPrimitives.WriteUInt32LittleEndian(descriptor[12..], (uint)entry.Size);
        }

        output.Advance(descriptor.Length);
        _checksums.Add(checksum);
        _offset += MemberBytes(entry);
    }

    /// <summary>Writes the line of a member in the table at the end. All members again, in the same order.</summary>
    public void List(in ZipEntry entry)
    {
        if (_centralStart < 0)
        {
            _centralStart = _offset;
        }

        bool farAway = _next >= uint.MaxValue;
        int extra64 = entry.IsLarge || farAway ? 4 + (entry.IsLarge ? 16 : 0) + (farAway ? 8 : 0) : 0;
        Span<byte> line = Take(CentralBytes + entry.NameBytes + ExtraTime + extra64);
        BinaryPrimitives.WriteUInt32LittleEndian(line, CentralSignature);
        BinaryPrimitives.WriteUInt16LittleEndian(line[4..], MadeByUnix | Version);
        WriteCommon(line[6..], entry, _checksums[_central], entry.IsLarge ? uint.MaxValue : (uint)entry.Size);
        BinaryPrimitives.WriteUInt16LittleEndian(line[30..], (ushort)(ExtraTime + extra64));
        line[32..38].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(line[38..], entry.Mode << 16 | (entry.Mode == ZipEntry.Directory ? 0x10u : 0));
        BinaryPrimitives.WriteUInt32LittleEndian(line[42..], farAway ? uint.MaxValue : (uint)_next);
        Span<byte> rest = line[(CentralBytes + Encoding.UTF8.GetBytes(entry.Name, line[CentralBytes..]))..];
        WriteTime(ref rest, entry);
        if (extra64 > 0)
        {
            WriteExtra64(ref rest, entry.IsLarge ? entry.Size : null, entry.IsLarge ? entry.Size : null, farAway ? _next : null);
        }

        output.Advance(line.Length);
        _centralBytes += line.Length;
        _next += MemberBytes(entry);
        _central++;
    }

    public void End()
    {
        long start = _centralStart < 0 ? _offset : _centralStart;
        bool is64 = _central >= ushort.MaxValue || start >= uint.MaxValue || _centralBytes >= uint.MaxValue;
        if (is64)
        {
            Span<byte> end64 = Take(56 + 20);
            end64.Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(end64, End64Signature);
            BinaryPrimitives.WriteInt64LittleEndian(end64[4..], 44);
            BinaryPrimitives.WriteUInt16LittleEndian(end64[12..], MadeByUnix | Version);
            BinaryPrimitives.WriteUInt16LittleEndian(end64[14..], Version);
            BinaryPrimitives.WriteInt64LittleEndian(end64[24..], _central);
            BinaryPrimitives.WriteInt64LittleEndian(end64[32..], _central);
            BinaryPrimitives.WriteInt64LittleEndian(end64[40..], _centralBytes);
            BinaryPrimitives.WriteInt64LittleEndian(end64[48..], start);
            BinaryPrimitives.WriteUInt32LittleEndian(end64[56..], Locator64Signature);
            BinaryPrimitives.WriteInt64LittleEndian(end64[64..], start + _centralBytes);
            BinaryPrimitives.WriteUInt32LittleEndian(end64[72..], 1);
            output.Advance(end64.Length);
        }

        Span<byte> end = Take(22);
        end.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(end, EndSignature);
        BinaryPrimitives.WriteUInt16LittleEndian(end[8..], (ushort)Math.Min(_central, ushort.MaxValue));
        BinaryPrimitives.WriteUInt16LittleEndian(end[10..], (ushort)Math.Min(_central, ushort.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(end[12..], (uint)Math.Min(_centralBytes, uint.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(end[16..], (uint)Math.Min(start, uint.MaxValue));
        output.Advance(end.Length);
    }

    private static long MemberBytes(in ZipEntry entry) =>
        LocalBytes + entry.NameBytes + ExtraTime + (entry.IsLarge ? Extra64Local : 0) + entry.Size + (entry.IsLarge ? 24 : 16);

    /// <summary>
    /// The fields with the same order in both headers: version, flags, method, time, checksum, sizes, length of the name.
    /// </summary>
    private static void WriteCommon(Span<byte> header, in ZipEntry entry, uint checksum, uint sizesHere)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(header, Version);
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], Flags);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(header[6..], DosTime(entry.ModifiedSeconds));
        BinaryPrimitives.WriteUInt32LittleEndian(header[10..], checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(header[14..], sizesHere);
        BinaryPrimitives.WriteUInt32LittleEndian(header[18..], sizesHere);
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], (ushort)entry.NameBytes);
    }

    // "UT": the modification time in seconds since 1970.
    private static void WriteTime(ref Span<byte> rest, in ZipEntry entry)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(rest, 0x5455);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[2..], 5);
        rest[4] = 1;
        BinaryPrimitives.WriteInt32LittleEndian(rest[5..], (int)Math.Clamp(entry.ModifiedSeconds, int.MinValue, int.MaxValue));
        rest = rest[ExtraTime..];
    }

    private static void WriteExtra64(ref Span<byte> rest, long? size, long? stored, long? offset)
    {
        Span<byte> values = rest[4..];
        int length = 0;
        foreach (long? value in (ReadOnlySpan<long?>)[size, stored, offset])
        {
            if (value is long known)
            {
                BinaryPrimitives.WriteInt64LittleEndian(values[length..], known);
                length += 8;
            }
        }

        BinaryPrimitives.WriteUInt16LittleEndian(rest, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[2..], (ushort)length);
        rest = rest[(4 + length)..];
    }

    private static uint DosTime(long seconds)
    {
        DateTime time = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 315532800, 4354819198)).UtcDateTime; // 1980 to 2107
        uint date = (uint)(((time.Year - 1980) << 9) | (time.Month << 5) | time.Day);
        return (date << 16) | (uint)((time.Hour << 11) | (time.Minute << 5) | (time.Second / 2));
    }

    private Span<byte> Take(int count) => output.GetSpan(count)[..count];
}
