using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hutch.Formats.Frames;

// 64 bytes of each plane at a time: 512 elements. The bytes of a row are first put in an order in which the later unpacking, which works
// inside 128-bit lanes, leaves its result in memory order; GFNI then transposes eight 8 x 8 bit matrices with one instruction.
// Optimised at once: a short command decodes a few hundred frames, and unoptimised vector code is ten times slower.
internal static partial class BitTranspose
{
    private const int Avx512PlaneBytes = 64;

    // Byte k is 1 << k: with this as its vector, "matrix times vector" reads out column k of the matrix.
    private const ulong UnitVectors = 0x8040201008040201;

    // Lane L, bytes 2q and 2q+1, become groups 8q+2L and 8q+2L+1: results are then whole 64-byte runs.
    private static readonly Vector512<byte> PairOrder = RowOrder(static (lane, q, t) => (8 * q) + (2 * lane) + t);

    // The same for two-byte elements, whose last unpacking separates the two groups of a lane: 8q+L and 8q+4+L.
    private static readonly Vector512<byte> SplitOrder = RowOrder(static (lane, q, t) => (8 * q) + (4 * t) + lane);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int FromPlanesAvx512(ref byte source, ref byte target, int planeBytes, int elementSize)
    {
        int k = 0;
        for (; k + Avx512PlaneBytes <= planeBytes; k += Avx512PlaneBytes)
        {
            ref byte rows = ref Unsafe.Add(ref source, k);
            ref byte run = ref Unsafe.Add(ref target, k * 8 * elementSize);
            switch (elementSize)
            {
                case 1: OneByteRun(ref rows, ref run, planeBytes); break;
                case 2: TwoByteRun(ref rows, ref run, planeBytes); break;
                default: FourByteRun(ref rows, ref run, planeBytes); break;
            }
        }

        return k;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByteRun(ref byte rows, ref byte run, int planeBytes)
    {
        Columns512 b0 = Columns512.Load(ref rows, planeBytes, PairOrder);
        b0.C0.StoreUnsafe(ref run);
        b0.C1.StoreUnsafe(ref run, 64);
        b0.C2.StoreUnsafe(ref run, 128);
        b0.C3.StoreUnsafe(ref run, 192);
        b0.C4.StoreUnsafe(ref run, 256);
        b0.C5.StoreUnsafe(ref run, 320);
        b0.C6.StoreUnsafe(ref run, 384);
        b0.C7.StoreUnsafe(ref run, 448);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoByteRun(ref byte rows, ref byte run, int planeBytes)
    {
        Columns512 b0 = Columns512.Load(ref rows, planeBytes, SplitOrder);
        Columns512 b1 = Columns512.Load(ref Unsafe.Add(ref rows, 8 * planeBytes), planeBytes, SplitOrder);
        StorePair(b0.C0, b1.C0, ref run, 0);
        StorePair(b0.C1, b1.C1, ref run, 1);
        StorePair(b0.C2, b1.C2, ref run, 2);
        StorePair(b0.C3, b1.C3, ref run, 3);
        StorePair(b0.C4, b1.C4, ref run, 4);
        StorePair(b0.C5, b1.C5, ref run, 5);
        StorePair(b0.C6, b1.C6, ref run, 6);
        StorePair(b0.C7, b1.C7, ref run, 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePair(Vector512<byte> low, Vector512<byte> high, ref byte run, nuint q)
    {
        Avx512BW.UnpackLow(low, high).StoreUnsafe(ref run, q * 128);
        Avx512BW.UnpackHigh(low, high).StoreUnsafe(ref run, (q * 128) + 64);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByteRun(ref byte rows, ref byte run, int planeBytes)
    {
        Columns512 b0 = Columns512.Load(ref rows, planeBytes, SplitOrder);
        Columns512 b1 = Columns512.Load(ref Unsafe.Add(ref rows, 8 * planeBytes), planeBytes, SplitOrder);
        Columns512 b2 = Columns512.Load(ref Unsafe.Add(ref rows, 16 * planeBytes), planeBytes, SplitOrder);
        Columns512 b3 = Columns512.Load(ref Unsafe.Add(ref rows, 24 * planeBytes), planeBytes, SplitOrder);
        StoreQuad(b0.C0, b1.C0, b2.C0, b3.C0, ref Unsafe.Add(ref run, 0));
        StoreQuad(b0.C1, b1.C1, b2.C1, b3.C1, ref Unsafe.Add(ref run, 256));
        StoreQuad(b0.C2, b1.C2, b2.C2, b3.C2, ref Unsafe.Add(ref run, 512));
        StoreQuad(b0.C3, b1.C3, b2.C3, b3.C3, ref Unsafe.Add(ref run, 768));
        StoreQuad(b0.C4, b1.C4, b2.C4, b3.C4, ref Unsafe.Add(ref run, 1024));
        StoreQuad(b0.C5, b1.C5, b2.C5, b3.C5, ref Unsafe.Add(ref run, 1280));
        StoreQuad(b0.C6, b1.C6, b2.C6, b3.C6, ref Unsafe.Add(ref run, 1536));
        StoreQuad(b0.C7, b1.C7, b2.C7, b3.C7, ref Unsafe.Add(ref run, 1792));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreQuad(Vector512<byte> b0, Vector512<byte> b1, Vector512<byte> b2, Vector512<byte> b3, ref byte run)
    {
        StoreHalf(Avx512BW.UnpackLow(b0, b1), Avx512BW.UnpackLow(b2, b3), ref run);
        StoreHalf(Avx512BW.UnpackHigh(b0, b1), Avx512BW.UnpackHigh(b2, b3), ref Unsafe.Add(ref run, 128));
    }

    // Lane L of the halves is one group of eight elements; its two 16-byte parts go side by side.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreHalf(Vector512<byte> low, Vector512<byte> high, ref byte run)
    {
        Vector512<long> first = Avx512BW.UnpackLow(low.AsInt16(), high.AsInt16()).AsInt64();
        Vector512<long> second = Avx512BW.UnpackHigh(low.AsInt16(), high.AsInt16()).AsInt64();
        Avx512F.PermuteVar8x64x2(first, Vector512.Create(0L, 1, 8, 9, 2, 3, 10, 11), second).AsByte().StoreUnsafe(ref run);
        Avx512F.PermuteVar8x64x2(first, Vector512.Create(4L, 5, 12, 13, 6, 7, 14, 15), second).AsByte().StoreUnsafe(ref run, 64);
    }

    private static Vector512<byte> RowOrder(Func<int, int, int, int> groupAt)
    {
        Span<byte> order = stackalloc byte[64];
        for (int lane = 0; lane < 4; lane++)
        {
            for (int position = 0; position < 16; position++)
            {
                order[(lane * 16) + position] = (byte)groupAt(lane, position / 2, position % 2);
            }
        }

        return Vector512.Create<byte>(order);
    }

    /// <summary>One byte of 512 elements: eight vectors of 64.</summary>
    private ref struct Columns512
    {
        public Vector512<byte> C0, C1, C2, C3, C4, C5, C6, C7;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Columns512 Load(ref byte rows, int planeBytes, Vector512<byte> order)
        {
            // GFNI counts the rows of its matrix from the last byte, so the planes are taken in reverse.
            Vector512<byte> r0 = Row(ref rows, 7 * planeBytes, order), r1 = Row(ref rows, 6 * planeBytes, order);
            Vector512<byte> r2 = Row(ref rows, 5 * planeBytes, order), r3 = Row(ref rows, 4 * planeBytes, order);
            Vector512<byte> r4 = Row(ref rows, 3 * planeBytes, order), r5 = Row(ref rows, 2 * planeBytes, order);
            Vector512<byte> r6 = Row(ref rows, planeBytes, order), r7 = Row(ref rows, 0, order);

            Vector512<short> low01 = Avx512BW.UnpackLow(r0, r1).AsInt16(), high01 = Avx512BW.UnpackHigh(r0, r1).AsInt16();
            Vector512<short> low23 = Avx512BW.UnpackLow(r2, r3).AsInt16(), high23 = Avx512BW.UnpackHigh(r2, r3).AsInt16();
            Vector512<short> low45 = Avx512BW.UnpackLow(r4, r5).AsInt16(), high45 = Avx512BW.UnpackHigh(r4, r5).AsInt16();
            Vector512<short> low67 = Avx512BW.UnpackLow(r6, r7).AsInt16(), high67 = Avx512BW.UnpackHigh(r6, r7).AsInt16();

            Vector512<int> a0 = Avx512BW.UnpackLow(low01, low23).AsInt32(), a1 = Avx512BW.UnpackHigh(low01, low23).AsInt32();
            Vector512<int> a2 = Avx512BW.UnpackLow(high01, high23).AsInt32(), a3 = Avx512BW.UnpackHigh(high01, high23).AsInt32();
            Vector512<int> b0 = Avx512BW.UnpackLow(low45, low67).AsInt32(), b1 = Avx512BW.UnpackHigh(low45, low67).AsInt32();
            Vector512<int> b2 = Avx512BW.UnpackLow(high45, high67).AsInt32(), b3 = Avx512BW.UnpackHigh(high45, high67).AsInt32();

            return new Columns512
            {
                C0 = Transpose(Avx512F.UnpackLow(a0, b0)),
                C1 = Transpose(Avx512F.UnpackHigh(a0, b0)),
                C2 = Transpose(Avx512F.UnpackLow(a1, b1)),
                C3 = Transpose(Avx512F.UnpackHigh(a1, b1)),
                C4 = Transpose(Avx512F.UnpackLow(a2, b2)),
                C5 = Transpose(Avx512F.UnpackHigh(a2, b2)),
                C6 = Transpose(Avx512F.UnpackLow(a3, b3)),
                C7 = Transpose(Avx512F.UnpackHigh(a3, b3)),
            };
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<byte> Row(ref byte rows, int offset, Vector512<byte> order) =>
            Avx512Vbmi.PermuteVar64x8(Vector512.LoadUnsafe(ref Unsafe.Add(ref rows, offset)), order);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<byte> Transpose(Vector512<int> matrices) =>
            Gfni.V512.GaloisFieldAffineTransform(Vector512.Create(UnitVectors).AsByte(), matrices.AsByte(), 0);
    }
}
