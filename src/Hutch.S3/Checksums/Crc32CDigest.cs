using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Hutch.S3.Checksums;

/// <summary>CRC32C (Castagnoli), with the processor's own instruction.</summary>
internal sealed class Crc32CDigest : BodyDigest
{
    private uint _state = uint.MaxValue;

    public override void Append(ReadOnlySpan<byte> bytes)
    {
        uint state = _state;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            state = BitOperations.Crc32C(state, word);
        }

        foreach (byte b in bytes[(words.Length * sizeof(ulong))..])
        {
            state = BitOperations.Crc32C(state, b);
        }

        _state = state;
    }

    public override byte[] Finish()
    {
        var value = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(value, ~_state);
        return value;
    }
}
