using System.Buffers.Binary;
using Hutch.Model.Checksums;

namespace Hutch.Storage.Caching;

/// <summary>
/// The 32 bytes before a body in a file of the cache: mark, length of the body, key, CRC32C of the body, CRC32C of all before. It only says
/// where to look: what is read there is checked against what the members say.
/// </summary>
/// <param name="Key">Whose bytes follow.</param>
/// <param name="Length">How many.</param>
/// <param name="Crc32C">Their CRC32C.</param>
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
