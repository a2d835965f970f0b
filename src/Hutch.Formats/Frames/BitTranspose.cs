using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hutch.Formats.Frames;

/// <summary>
/// Bitshuffle's transposition of a block of N elements of E bytes: plane (byte b, bit i) holds that bit of every element, N/8 bytes each.
/// The planes have the order b = 0..E-1, i = 0..7; bit j of byte k of a plane belongs to element 8k + j. N is a multiple of eight.
/// </summary>
/// <remarks>
/// All forms work alike: they take eight plane bytes at the same position, one from each of the eight planes of byte b. These are an
/// 8 x 8 bit matrix; transposed, it is byte b of eight elements in a row.
/// </remarks>
internal static partial class BitTranspose
{
    /// <summary>The fastest form that this processor can run.</summary>
    public static BitTransposePath BestPath { get; } =
        IsSupported(BitTransposePath.Avx512Gfni) ? BitTransposePath.Avx512Gfni
        : IsSupported(BitTransposePath.Avx2) ? BitTransposePath.Avx2
        : BitTransposePath.Portable;

    public static bool IsSupported(BitTransposePath path) => path switch
    {
        BitTransposePath.Portable => true,
        BitTransposePath.Avx2 => Avx2.IsSupported,
        BitTransposePath.Avx512Gfni => Avx512BW.IsSupported && Avx512Vbmi.IsSupported && Gfni.V512.IsSupported,
        _ => false,
    };

    public static void FromPlanes(ReadOnlySpan<byte> planes, Span<byte> elements, int elementSize) =>
        FromPlanes(planes, elements, elementSize, BestPath);

    /// <summary>Turns planes into elements by one particular form: for the tests, which compare them.</summary>
    public static void FromPlanes(ReadOnlySpan<byte> planes, Span<byte> elements, int elementSize, BitTransposePath path)
    {
        int planeBytes = CheckedPlaneBytes(planes, elements, elementSize);
        ref byte source = ref MemoryMarshal.GetReference(planes);
        ref byte target = ref MemoryMarshal.GetReference(elements);

        // The vector forms take whole vectors of each plane of pixels, which are small, and say where they stopped.
        int done = path switch
        {
            _ when elementSize is not (1 or 2 or 4) => 0,
            BitTransposePath.Avx512Gfni => FromPlanesAvx512(ref source, ref target, planeBytes, elementSize),
            BitTransposePath.Avx2 => FromPlanesAvx2(ref source, ref target, planeBytes, elementSize),
            _ => 0,
        };
        FromPlanesPortable(planes, elements, planeBytes, elementSize, done);
    }

    public static void ToPlanes(ReadOnlySpan<byte> elements, Span<byte> planes, int elementSize)
    {
        int planeBytes = CheckedPlaneBytes(planes, elements, elementSize);
        int vectorised = planeBytes - (planeBytes % 4);
        Span<byte> column = stackalloc byte[Vector256<byte>.Count];
        for (int b = 0; b < elementSize; b++)
        {
            for (int k = 0; k < vectorised; k += 4)
            {
                ReadOnlySpan<byte> group = elements.Slice(k * 8 * elementSize, column.Length * elementSize);
                for (int j = 0; j < column.Length; j++)
                {
                    column[j] = group[(j * elementSize) + b];
                }

                var bits = Vector256.Create<byte>(column);
                for (int i = 7; i >= 0; i--)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(
                        planes[((((b * 8) + i) * planeBytes) + k)..], bits.ExtractMostSignificantBits());
                    bits += bits;
                }
            }

            ToPlanesTail(elements, planes, planeBytes, elementSize, b, vectorised);
        }
    }

    private static void ToPlanesTail(ReadOnlySpan<byte> elements, Span<byte> planes, int planeBytes, int elementSize, int b, int from)
    {
        for (int k = from; k < planeBytes; k++)
        {
            ulong matrix = 0;
            for (int j = 0; j < 8; j++)
            {
                matrix |= (ulong)elements[(((8 * k) + j) * elementSize) + b] << (8 * j);
            }

            matrix = TransposeBits(matrix);
            for (int i = 0; i < 8; i++)
            {
                planes[(((b * 8) + i) * planeBytes) + k] = (byte)(matrix >> (8 * i));
            }
        }
    }

    private static void FromPlanesPortable(ReadOnlySpan<byte> planes, Span<byte> elements, int planeBytes, int elementSize, int from)
    {
        for (int b = 0; b < elementSize; b++)
        {
            ReadOnlySpan<byte> rows = planes.Slice(b * 8 * planeBytes, 8 * planeBytes);
            for (int k = from; k < planeBytes; k++)
            {
                ulong matrix = 0;
                for (int i = 0; i < 8; i++)
                {
                    matrix |= (ulong)rows[(i * planeBytes) + k] << (8 * i);
                }

                matrix = TransposeBits(matrix);
                Span<byte> group = elements.Slice(8 * k * elementSize, 8 * elementSize);
                for (int j = 0; j < 8; j++)
                {
                    group[(j * elementSize) + b] = (byte)(matrix >> (8 * j));
                }
            }
        }
    }

    // Swaps ever larger off-diagonal squares (Hacker's Delight, 7-3). Byte i bit j becomes byte j bit i.
    private static ulong TransposeBits(ulong x)
    {
        ulong t = (x ^ (x >> 7)) & 0x00AA00AA00AA00AA;
        x ^= t ^ (t << 7);
        t = (x ^ (x >> 14)) & 0x0000CCCC0000CCCC;
        x ^= t ^ (t << 14);
        t = (x ^ (x >> 28)) & 0x00000000F0F0F0F0;
        return x ^ t ^ (t << 28);
    }

    public static bool HasSize(int elementSize) => elementSize is 1 or 2 or 4 or 8 or 16;

    private static int CheckedPlaneBytes(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, int elementSize)
    {
        if (!HasSize(elementSize) || from.Length != to.Length || from.Length % (8 * elementSize) != 0)
        {
            throw new ArgumentException(
                "A block holds a multiple of eight elements of 1, 2, 4, 8 or 16 bytes, and both sides are equally long.");
        }

        return from.Length / (8 * elementSize);
    }
}

internal enum BitTransposePath
{
    /// <summary>64-bit integers only: runs everywhere.</summary>
    Portable,

    Avx2,

    /// <summary>512-bit vectors with byte permutes (VBMI) and bit-matrix products (GFNI).</summary>
    Avx512Gfni,
}
