namespace Hutch.Storage.Segments.Format;

/// <summary>
/// The location of one member, in 48 bytes: key, header's block number, body length, CRC32C, kind, three zero bytes. Little-endian except
/// the key.
/// </summary>
internal readonly record struct IndexEntry(MemberKey Key, uint Block, uint Length, uint Crc32C)
{
    public const int Size = 48;

    public long BodyOffset => ((long)Block + 1) * TarLayout.BlockSize;

    public static IndexEntry At(MemberKey key, long headerOffset, int length, uint crc32C) =>
        new(key, checked((uint)(headerOffset / TarLayout.BlockSize)), (uint)length, crc32C);

    public void Write(Span<byte> destination)
    {
        Key.CopyTo(destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[32..], Block);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[36..], Length);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[40..], Crc32C);
        destination[44] = (byte)Key.Kind;
        destination[45..Size].Clear();
    }

    public static bool TryRead(ReadOnlySpan<byte> source, out IndexEntry entry)
    {
        entry = default;
        if (source.Length < Size
            || source[44] is < (byte)MemberKind.Journal or > (byte)MemberKind.Extent
            || source[45..Size].ContainsAnyExcept((byte)0))
        {
            return false;
        }

        entry = new IndexEntry(
            MemberKey.Read((MemberKind)source[44], source),
            BinaryPrimitives.ReadUInt32LittleEndian(source[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[36..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[40..]));
        return true;
    }
}
