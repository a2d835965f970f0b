using System.Buffers.Binary;

namespace Hutch.S3.Checksums;

/// <summary>Any reflected CRC of 32 or 64 bits, eight bytes at a time ("slicing by eight").</summary>
internal sealed class ReflectedCrc
{
    private const int Slices = 8;

    private readonly ulong[][] _tables = new ulong[Slices][];
    private readonly ulong _polynomial;

    public ReflectedCrc(ulong polynomial, int bits)
    {
        _polynomial = polynomial;
        Bits = bits;
        for (int slice = 0; slice < Slices; slice++)
        {
            _tables[slice] = new ulong[256];
            for (int i = 0; i < 256; i++)
            {
                _tables[slice][i] = slice == 0
                    ? Remainder((ulong)i)
                    : (_tables[slice - 1][i] >> 8) ^ _tables[0][(int)(_tables[slice - 1][i] & 0xFF)];
            }
        }
    }

    /// <summary>Bits of the checksum.</summary>
    public int Bits { get; }

    /// <summary>The state after more bytes.</summary>
    public ulong Update(ulong state, ReadOnlySpan<byte> bytes)
    {
        ulong[] t0 = _tables[0], t1 = _tables[1], t2 = _tables[2], t3 = _tables[3];
        ulong[] t4 = _tables[4], t5 = _tables[5], t6 = _tables[6], t7 = _tables[7];
        while (bytes.Length >= sizeof(ulong))
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ state;
            state = t7[(byte)word] ^ t6[(byte)(word >> 8)] ^ t5[(byte)(word >> 16)] ^ t4[(byte)(word >> 24)]
                ^ t3[(byte)(word >> 32)] ^ t2[(byte)(word >> 40)] ^ t1[(byte)(word >> 48)] ^ t0[(byte)(word >> 56)];
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte b in bytes)
        {
            state = t0[(byte)(state ^ b)] ^ (state >> 8);
        }

        return state;
    }

    private ulong Remainder(ulong value)
    {
        for (int bit = 0; bit < 8; bit++)
        {
            value = (value & 1) != 0 ? (value >> 1) ^ _polynomial : value >> 1;
        }

        return value;
    }
}
