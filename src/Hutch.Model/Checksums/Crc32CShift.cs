using System.Numerics;

namespace Hutch.Model.Checksums;

/// <summary>
/// Shifts a CRC32C over a block of zeros without reading them, so that three parts can be computed in parallel and combined.
/// </summary>
internal sealed class Crc32CShift
{
    private const int BytesOfCrc = sizeof(uint);
    private const int ValuesOfByte = 256;

    private readonly uint[] _table = new uint[BytesOfCrc * ValuesOfByte];

    /// <summary>Builds the table for a block length. The shift is linear, so the images of single bits give all others.</summary>
    /// <param name="blockBytes">The length of the block in bytes, a multiple of 8.</param>
    public Crc32CShift(int blockBytes)
    {
        for (int position = 0; position < BytesOfCrc; position++)
        {
            Span<uint> images = _table.AsSpan(position * ValuesOfByte, ValuesOfByte);
            for (int value = 1; value < ValuesOfByte; value++)
            {
                int lowest = value & -value;
                images[value] = value == lowest
                    ? FollowedByZeros((uint)value << (8 * position), blockBytes)
                    : images[lowest] ^ images[value ^ lowest];
            }
        }
    }

    /// <summary>The state after the block.</summary>
    public uint Apply(uint state) =>
        _table[state & 0xFF] ^ _table[256 + ((state >> 8) & 0xFF)] ^ _table[512 + ((state >> 16) & 0xFF)] ^ _table[768 + (state >> 24)];

    private static uint FollowedByZeros(uint state, int bytes)
    {
        for (int i = 0; i < bytes; i += sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, 0UL);
        }

        return state;
    }
}
