using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hutch.Formats.Frames;

// 32 bytes of each plane at a time: 256 elements. Column q of a 256-bit result holds groups 2q, 2q+1 (lower lane) and
// 16+2q, 16+2q+1 (upper lane).
internal static partial class BitTranspose
{
    private const int Avx2PlaneBytes = 32;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int FromPlanesAvx2(ref byte source, ref byte target, int planeBytes, int elementSize)
    {
        // Eight columns for each byte of an element: the biggest case has 32.
        Span<Vector256<byte>> columns = stackalloc Vector256<byte>[32];
        int k = 0;
        for (; k + Avx2PlaneBytes <= planeBytes; k += Avx2PlaneBytes)
        {
            for (int b = 0; b < elementSize; b++)
            {
                LoadColumns(ref Unsafe.Add(ref source, (b * 8 * planeBytes) + k), planeBytes, columns.Slice(b * 8, 8));
            }

            ref byte run = ref Unsafe.Add(ref target, k * 8 * elementSize);
            for (int q = 0; q < 8; q++)
            {
                StoreColumn(columns, q, elementSize, ref Unsafe.Add(ref run, q * 16 * elementSize));
            }
        }

        return k;
    }

    // "run" is where group 2q starts; group 16 + 2q starts 128 elements later.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreColumn(Span<Vector256<byte>> columns, int q, int elementSize, ref byte run)
    {
        ref byte upper = ref Unsafe.Add(ref run, 128 * elementSize);
        switch (elementSize)
        {
            case 1:
                columns[q].GetLower().StoreUnsafe(ref run);
                columns[q].GetUpper().StoreUnsafe(ref upper);
                break;
            case 2:
                StoreLanes(Avx2.UnpackLow(columns[q], columns[q + 8]), Avx2.UnpackHigh(columns[q], columns[q + 8]), ref run, ref upper);
                break;
            default:
                StoreGroup(
                    Avx2.UnpackLow(columns[q], columns[q + 8]), Avx2.UnpackLow(columns[q + 16], columns[q + 24]), ref run, ref upper);
                StoreGroup(
                    Avx2.UnpackHigh(columns[q], columns[q + 8]),
                    Avx2.UnpackHigh(columns[q + 16], columns[q + 24]),
                    ref Unsafe.Add(ref run, 32),
                    ref Unsafe.Add(ref upper, 32));
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreGroup(Vector256<byte> low, Vector256<byte> high, ref byte run, ref byte upper) =>
        StoreLanes(
            Avx2.UnpackLow(low.AsInt16(), high.AsInt16()).AsByte(),
            Avx2.UnpackHigh(low.AsInt16(), high.AsInt16()).AsByte(),
            ref run,
            ref upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreLanes(Vector256<byte> first, Vector256<byte> second, ref byte run, ref byte upper)
    {
        Avx2.Permute2x128(first, second, 0x20).StoreUnsafe(ref run);
        Avx2.Permute2x128(first, second, 0x31).StoreUnsafe(ref upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LoadColumns(ref byte rows, int planeBytes, Span<Vector256<byte>> columns)
    {
        Vector256<byte> r0 = Row(ref rows, 0), r1 = Row(ref rows, planeBytes);
        Vector256<byte> r2 = Row(ref rows, 2 * planeBytes), r3 = Row(ref rows, 3 * planeBytes);
        Vector256<byte> r4 = Row(ref rows, 4 * planeBytes), r5 = Row(ref rows, 5 * planeBytes);
        Vector256<byte> r6 = Row(ref rows, 6 * planeBytes), r7 = Row(ref rows, 7 * planeBytes);

        Vector256<short> low01 = Avx2.UnpackLow(r0, r1).AsInt16(), high01 = Avx2.UnpackHigh(r0, r1).AsInt16();
        Vector256<short> low23 = Avx2.UnpackLow(r2, r3).AsInt16(), high23 = Avx2.UnpackHigh(r2, r3).AsInt16();
        Vector256<short> low45 = Avx2.UnpackLow(r4, r5).AsInt16(), high45 = Avx2.UnpackHigh(r4, r5).AsInt16();
        Vector256<short> low67 = Avx2.UnpackLow(r6, r7).AsInt16(), high67 = Avx2.UnpackHigh(r6, r7).AsInt16();

        Vector256<int> a0 = Avx2.UnpackLow(low01, low23).AsInt32(), a1 = Avx2.UnpackHigh(low01, low23).AsInt32();
        Vector256<int> a2 = Avx2.UnpackLow(high01, high23).AsInt32(), a3 = Avx2.UnpackHigh(high01, high23).AsInt32();
        Vector256<int> b0 = Avx2.UnpackLow(low45, low67).AsInt32(), b1 = Avx2.UnpackHigh(low45, low67).AsInt32();
        Vector256<int> b2 = Avx2.UnpackLow(high45, high67).AsInt32(), b3 = Avx2.UnpackHigh(high45, high67).AsInt32();

        columns[7] = TransposeBits(Avx2.UnpackHigh(a3, b3).AsUInt64());
        columns[0] = TransposeBits(Avx2.UnpackLow(a0, b0).AsUInt64());
        columns[1] = TransposeBits(Avx2.UnpackHigh(a0, b0).AsUInt64());
        columns[2] = TransposeBits(Avx2.UnpackLow(a1, b1).AsUInt64());
        columns[3] = TransposeBits(Avx2.UnpackHigh(a1, b1).AsUInt64());
        columns[4] = TransposeBits(Avx2.UnpackLow(a2, b2).AsUInt64());
        columns[5] = TransposeBits(Avx2.UnpackHigh(a2, b2).AsUInt64());
        columns[6] = TransposeBits(Avx2.UnpackLow(a3, b3).AsUInt64());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Row(ref byte rows, int offset) => Vector256.LoadUnsafe(ref Unsafe.Add(ref rows, offset));

    // The same three swaps as the 64-bit form, on four matrices at once.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> TransposeBits(Vector256<ulong> x)
    {
        Vector256<ulong> t = (x ^ (x >> 7)) & Vector256.Create(0x00AA00AA00AA00AAUL);
        x ^= t ^ (t << 7);
        t = (x ^ (x >> 14)) & Vector256.Create(0x0000CCCC0000CCCCUL);
        x ^= t ^ (t << 14);
        t = (x ^ (x >> 28)) & Vector256.Create(0x00000000F0F0F0F0UL);
        return (x ^ t ^ (t << 28)).AsByte();
    }
}
