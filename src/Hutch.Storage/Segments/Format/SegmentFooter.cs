namespace Hutch.Storage.Segments.Format;

/// <summary>
/// The body of <c>hutch-footer</c>, 512 bytes at a fixed place from the end of a sealed segment (followed only by the 1024 zero bytes that
/// end a tar file): where the index is and what the segment holds. Integers little-endian, the rest zero, CRC32C of all before it in the
/// last four bytes.
/// </summary>
internal readonly record struct SegmentFooter
{
    public const int Size = 512;

    /// <summary>From the footer's header to the end of the file.</summary>
    public const int TailSize = MemberHeader.Size + Size + TarLayout.EndSize;

    private const ushort Format = 1;
    private const int LaneLength = 32;

    private static ReadOnlySpan<byte> Magic => "HUTCHSEG"u8;

    public long Segment { get; init; }

    public Guid Id { get; init; }

    public Lane Lane { get; init; }

    /// <summary>Offset of the index member's header: the end of the last group.</summary>
    public long IndexOffset { get; init; }

    public uint Pages { get; init; }

    public uint Entries { get; init; }

    public uint JournalEntries { get; init; }

    public uint FilterBlocks { get; init; }

    /// <summary>CRC32C of the part of the index behind its pages: the filter and the fences.</summary>
    public uint DirectoryCrc32C { get; init; }

    public long FirstSequence { get; init; }

    public long LastSequence { get; init; }

    public long BodyBytes { get; init; }

    /// <summary>The CRC32C in its last four bytes.</summary>
    public uint Checksum
    {
        get
        {
            Span<byte> body = stackalloc byte[Size];
            Write(body);
            return BinaryPrimitives.ReadUInt32LittleEndian(body[(Size - 4)..]);
        }
    }

    public void Write(Span<byte> destination)
    {
        destination = destination[..Size];
        destination.Clear();
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[8..], Format);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[10..], Format);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], Segment);
        _ = Id.TryWriteBytes(destination[24..], bigEndian: true, out _);
        _ = Encoding.ASCII.GetBytes(Lane.Name, destination.Slice(40, LaneLength));
        BinaryPrimitives.WriteInt64LittleEndian(destination[72..], IndexOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[80..], Pages);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[84..], Entries);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[88..], JournalEntries);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[92..], FilterBlocks);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[96..], DirectoryCrc32C);
        BinaryPrimitives.WriteInt64LittleEndian(destination[104..], FirstSequence);
        BinaryPrimitives.WriteInt64LittleEndian(destination[112..], LastSequence);
        BinaryPrimitives.WriteInt64LittleEndian(destination[120..], BodyBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[(Size - 4)..], Model.Checksums.Checksum.Crc32C(destination[..(Size - 4)]));
    }

    public static bool TryRead(ReadOnlySpan<byte> source, out SegmentFooter footer)
    {
        footer = default;
        if (source.Length < Size || !source.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(source[(Size - 4)..]) != Model.Checksums.Checksum.Crc32C(source[..(Size - 4)])
            || BinaryPrimitives.ReadUInt16LittleEndian(source[10..]) > Format
            || !Lane.TryParse(Encoding.ASCII.GetString(source.Slice(40, LaneLength)).TrimEnd('\0'), out Lane lane))
        {
            return false;
        }

        footer = new SegmentFooter
        {
            Segment = BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            Id = new Guid(source.Slice(24, 16), bigEndian: true),
            Lane = lane,
            IndexOffset = BinaryPrimitives.ReadInt64LittleEndian(source[72..]),
            Pages = BinaryPrimitives.ReadUInt32LittleEndian(source[80..]),
            Entries = BinaryPrimitives.ReadUInt32LittleEndian(source[84..]),
            JournalEntries = BinaryPrimitives.ReadUInt32LittleEndian(source[88..]),
            FilterBlocks = BinaryPrimitives.ReadUInt32LittleEndian(source[92..]),
            DirectoryCrc32C = BinaryPrimitives.ReadUInt32LittleEndian(source[96..]),
            FirstSequence = BinaryPrimitives.ReadInt64LittleEndian(source[104..]),
            LastSequence = BinaryPrimitives.ReadInt64LittleEndian(source[112..]),
            BodyBytes = BinaryPrimitives.ReadInt64LittleEndian(source[120..]),
        };
        return true;
    }
}
