namespace Hutch.Storage.Caching;

/// <summary>
/// The 32 bytes before a body in a cache file: mark, length of the body, key, CRC32C of the body, CRC32C of all before. It is only a
/// hint: the bytes read there are checked against the member's own checksum.
/// </summary>
internal readonly record struct CacheHeader(CacheKey Key, int Length, uint Crc32C)
{
    public const int Size = 32;

    private const uint Mark = 0x31434848; // HHC1

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Mark);
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], Length);
        Key.Write(destination[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[24..], Crc32C);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[28..], Checksum.Crc32C(destination[..28]));
    }

    public static bool TryRead(ReadOnlySpan<byte> source, out CacheHeader header)
    {
        header = default;
        if (source.Length < Size || BinaryPrimitives.ReadUInt32LittleEndian(source) != Mark
            || BinaryPrimitives.ReadUInt32LittleEndian(source[28..]) != Checksum.Crc32C(source[..28]))
        {
            return false;
        }

        header = new CacheHeader(
            CacheKey.Read(source[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[24..]));
        return header.Length >= 0;
    }
}
