using System.Buffers.Binary;

namespace Hutch.Model.Checksums;

/// <summary>A reflected CRC of 32 or 64 bits that starts with ones and is inverted at its end; of no bytes it is 0. Thread-safe.</summary>
public abstract class Crc
{
    private readonly ulong _polynomial;

    private Crc(ulong polynomial, int bits)
    {
        _polynomial = polynomial;
        Bits = bits;
    }

    /// <summary>CRC-32 (ISO 3309), as in ZIP, gzip and PNG; the check value of "123456789" is CBF43926.</summary>
    public static Crc Crc32 { get; } = new TableCrc(0xEDB88320, 32);

    /// <summary>CRC-32C (Castagnoli). Callers that need no other checksum use <see cref="Checksum"/> directly.</summary>
    public static Crc Crc32C { get; } = new CastagnoliCrc();

    /// <summary>CRC-64/NVME; the check value of "123456789" is AE8B14860A799888.</summary>
    public static Crc Crc64Nvme { get; } = new TableCrc(0x9A6C9329AC4BC9B5, 64);

    /// <summary>The width of the checksum in bits.</summary>
    public int Bits { get; }

    /// <summary>The checksum of the bytes of <paramref name="crc"/> followed by more bytes.</summary>
    public abstract ulong Append(ulong crc, ReadOnlySpan<byte> bytes);

    /// <summary>The checksum of two parts together, from the checksums of each.</summary>
    /// <param name="secondLength">The length of the second part in bytes.</param>
    /// <remarks>
    /// Appends to the first as many zero bytes as the second has, by squaring matrices over GF(2): Mark Adler's crc32_combine.
    /// </remarks>
    public ulong Combine(ulong first, ulong second, long secondLength)
    {
        var matrix = new ulong[Bits];
        matrix[0] = _polynomial;
        for (int i = 1; i < Bits; i++)
        {
            matrix[i] = 1UL << (i - 1);
        }

        // One zero bit so far: three squarings make it a zero byte.
        for (int i = 0; i < 3; i++)
        {
            matrix = Square(matrix);
        }

        for (; secondLength > 0; secondLength >>= 1, matrix = Square(matrix))
        {
            if ((secondLength & 1) != 0)
            {
                first = Times(matrix, first);
            }
        }

        return first ^ second;
    }

    private static ulong[] Square(ulong[] matrix) => Array.ConvertAll(matrix, row => Times(matrix, row));

    private static ulong Times(ulong[] matrix, ulong vector)
    {
        ulong sum = 0;
        for (int i = 0; vector != 0; vector >>= 1, i++)
        {
            sum ^= (vector & 1) != 0 ? matrix[i] : 0;
        }

        return sum;
    }

    private sealed class CastagnoliCrc() : Crc(0x82F63B78, 32)
    {
        public override ulong Append(ulong crc, ReadOnlySpan<byte> bytes) => Checksum.Append((uint)crc, bytes);
    }

    /// <summary>Processes eight bytes at a time ("slicing by eight").</summary>
    private sealed class TableCrc : Crc
    {
        private const int Slices = 8;

        private readonly ulong[][] _tables = new ulong[Slices][];
        private readonly ulong _ones;

        public TableCrc(ulong polynomial, int bits)
            : base(polynomial, bits)
        {
            _ones = ulong.MaxValue >> (64 - bits);
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

        public override ulong Append(ulong crc, ReadOnlySpan<byte> bytes)
        {
            ulong state = crc ^ _ones;
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

            return state ^ _ones;
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
}
