using System.Numerics;

namespace Hutch.Analysis.Spots;

/// <summary>Finds the zeros among numbers of any type: the good pixels of a mask.</summary>
internal static class ZeroNumbers
{
    private const byte Zero = 0xFF;

    /// <summary>Sets one byte for each number: 0xFF when it is 0, which it is in any type when all its bytes are.</summary>
    /// <param name="numbers">The numbers, little-endian.</param>
    /// <param name="size">Bytes of a number: 1, 2, 4 or 8.</param>
    /// <param name="isZero">Receives the bytes.</param>
    public static void Mark(ReadOnlySpan<byte> numbers, int size, Span<byte> isZero)
    {
        switch (size)
        {
            case 1: MarkEach(numbers, isZero); break;
            case 2: MarkEach(MemoryMarshal.Cast<byte, ushort>(numbers), isZero); break;
            case 4: MarkMany(MemoryMarshal.Cast<byte, uint>(numbers), isZero); break;
            default: MarkEach(MemoryMarshal.Cast<byte, ulong>(numbers), isZero); break;
        }
    }

    // What detectors write. Compiled in full at once: the first series after a start has a mask too.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MarkMany(ReadOnlySpan<uint> numbers, Span<byte> isZero)
    {
        ref uint from = ref MemoryMarshal.GetReference(numbers);
        ref byte to = ref MemoryMarshal.GetReference(isZero);
        int i = 0;
        for (; i <= Math.Min(numbers.Length, isZero.Length) - Vector256<byte>.Count; i += Vector256<byte>.Count)
        {
            Vector256<ushort> low = Vector256.Narrow(IsZero(ref from, i), IsZero(ref from, i + 8));
            Vector256<ushort> high = Vector256.Narrow(IsZero(ref from, i + 16), IsZero(ref from, i + 24));
            Vector256.Narrow(low, high).StoreUnsafe(ref to, (nuint)i);
        }

        MarkEach(numbers[i..], isZero[i..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> IsZero(ref uint numbers, int i) =>
        Vector256.Equals(Vector256.LoadUnsafe(ref numbers, (nuint)i), Vector256<uint>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MarkEach<T>(ReadOnlySpan<T> numbers, Span<byte> isZero)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < isZero.Length; i++)
        {
            isZero[i] = T.IsZero(numbers[i]) ? Zero : (byte)0;
        }
    }
}
