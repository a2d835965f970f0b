using System.Runtime.InteropServices;

namespace Hutch.Storage.Segments.Format;

/// <summary>
/// A Bloom filter cut into blocks of 32 bytes (a split block filter, as in Apache Parquet): a key sets one bit in each of the eight words
/// of one block, so that asking touches one cache line. At 12 bits a key about 1 in 200 absent keys is asked for in vain.
/// </summary>
internal static class BloomFilter
{
    public const int BlockSize = 32;

    private const int WordsPerBlock = BlockSize / sizeof(uint);
    private const int BitsPerKey = 12;

    // No span of constants: without optimization it allocates each time that it is asked for.
    private static readonly uint[] Salts = [0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31];

    public static int BlocksFor(int keys) => Math.Max(1, (int)(((long)keys * BitsPerKey + (BlockSize * 8) - 1) / (BlockSize * 8)));

    public static void Add(Span<byte> filter, MemberKey key)
    {
        ulong hash = key.Fingerprint;
        Span<uint> block = MemoryMarshal.Cast<byte, uint>(filter.Slice(BlockOf(hash, filter.Length) * BlockSize, BlockSize));
        for (int i = 0; i < WordsPerBlock; i++)
        {
            block[i] |= Bit(hash, i);
        }
    }

    public static bool MayContain(ReadOnlySpan<byte> filter, MemberKey key)
    {
        ulong hash = key.Fingerprint;
        ReadOnlySpan<uint> block = MemoryMarshal.Cast<byte, uint>(filter.Slice(BlockOf(hash, filter.Length) * BlockSize, BlockSize));
        for (int i = 0; i < WordsPerBlock; i++)
        {
            if ((block[i] & Bit(hash, i)) == 0)
            {
                return false;
            }
        }

        return true;
    }

    private static int BlockOf(ulong hash, int bytes) => (int)(((hash >> 32) * (ulong)(uint)(bytes / BlockSize)) >> 32);

    private static uint Bit(ulong hash, int word) => 1u << (int)(((uint)hash * Salts[word]) >> 27);
}
