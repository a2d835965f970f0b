using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hutch.Model.Checksums;

/// <summary>
/// CRC32C (Castagnoli), as in iSCSI and ext4: detects every burst of up to 32 wrong bits. It does not protect against intent.
/// </summary>
public static class Checksum
{
    private const int BlockWords = 512;
    private const int Lanes = 3;

    private static readonly Crc32CShift Block = new(BlockWords * sizeof(ulong));

    public static uint Crc32C(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The CRC32C of the bytes of <paramref name="crc"/> followed by more bytes.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint state = ~crc;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        while (words.Length >= Lanes * BlockWords)
        {
            state = AppendBlocks(state, words[..(Lanes * BlockWords)]);
            words = words[(Lanes * BlockWords)..];
        }

        foreach (ulong word in words)
        {
            state = BitOperations.Crc32C(state, word);
        }

        foreach (byte b in bytes[(bytes.Length & ~(sizeof(ulong) - 1))..])
        {
            state = BitOperations.Crc32C(state, b);
        }

        return ~state;
    }

    /// <summary>Computes three blocks in parallel: the processor takes three cycles for a word, and can process three at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // code made ahead of time would call something for each word
    private static uint AppendBlocks(uint state, ReadOnlySpan<ulong> words)
    {
        ReadOnlySpan<ulong> first = words[..BlockWords];
        ReadOnlySpan<ulong> second = words.Slice(BlockWords, BlockWords);
        ReadOnlySpan<ulong> third = words.Slice(2 * BlockWords, BlockWords);
        uint secondState = 0;
        uint thirdState = 0;
        for (int i = 0; i < first.Length; i++)
        {
            state = BitOperations.Crc32C(state, first[i]);
            secondState = BitOperations.Crc32C(secondState, second[i]);
            thirdState = BitOperations.Crc32C(thirdState, third[i]);
        }

        return Block.Apply(Block.Apply(state) ^ secondState) ^ thirdState;
    }
}
