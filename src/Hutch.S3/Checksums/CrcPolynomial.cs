namespace Hutch.S3.Checksums;

/// <summary>The polynomial of a reflected CRC of 32 or 64 bits, which combines the checksums of parts. Immutable.</summary>
/// <param name="polynomial">The polynomial without its highest term, the lowest power in the highest bit.</param>
internal sealed class CrcPolynomial(ulong polynomial, int bits)
{
    public static CrcPolynomial Crc32 { get; } = new(0xEDB88320, 32);

    public static CrcPolynomial Crc32C { get; } = new(0x82F63B78, 32);

    public static CrcPolynomial Crc64Nvme { get; } = new(0x9A6C9329AC4BC9B5, 64);

    /// <summary>The checksum of two parts together, from the checksums of each.</summary>
    /// <param name="secondLength">The length of the second part in bytes.</param>
    /// <remarks>
    /// Appends to the first as many zero bytes as the second has, by squaring matrices over GF(2): Mark Adler's crc32_combine.
    /// </remarks>
    public ulong Combine(ulong first, ulong second, long secondLength)
    {
        var matrix = new ulong[bits];
        matrix[0] = polynomial;
        for (int i = 1; i < bits; i++)
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
}
