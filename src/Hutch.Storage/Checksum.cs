using System.Numerics;
using System.Runtime.InteropServices;

namespace Hutch.Storage;

/// <summary>CRC32C (Castagnoli), as in iSCSI and ext4: finds every burst of up to 32 wrong bits, and is no protection against intent.</summary>
public static class Checksum
{
    /// <summary>The CRC32C of some bytes.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The CRC32C of what <paramref name="crc"/> stands for followed by more bytes.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint state = ~crc;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            state = BitOperations.Crc32C(state, word);
        }

        foreach (byte b in bytes[(words.Length * sizeof(ulong))..])
        {
            state = BitOperations.Crc32C(state, b);
        }

        return ~state;
    }
}
