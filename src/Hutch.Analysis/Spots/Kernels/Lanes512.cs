using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hutch.Analysis.Spots.Kernels;

/// <summary>32 lanes, for processors with AVX-512BW.</summary>
internal readonly unsafe struct Lanes512 : ILanes<Vector512<ushort>>
{
    public static bool IsSupported => Avx512BW.IsSupported && Vector512.IsHardwareAccelerated;

    public static int Count => Vector512<ushort>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Broadcast(ushort value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Load(ushort* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<ushort> vector, ushort* destination) => vector.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> LoadBiased<TPixel>(TPixel* source, TPixel largestTrusted)
        where TPixel : unmanaged
    {
        if (typeof(TPixel) == typeof(byte))
        {
            Vector512<ushort> wide = Avx512BW.ConvertToVector512UInt16(Vector256.Load((byte*)source));
            return Trusted(wide, (byte)(object)largestTrusted);
        }

        if (typeof(TPixel) == typeof(ushort))
        {
            return Trusted(Vector512.Load((ushort*)source), (ushort)(object)largestTrusted);
        }

        Vector512<uint> largest = Vector512.Create((uint)(object)largestTrusted);
        Vector512<uint> low = Trusted(Vector512.Load((uint*)source), largest);
        Vector512<uint> high = Trusted(Vector512.Load((uint*)source + Vector512<uint>.Count), largest);
        return Vector512.Narrow(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> LoadMask(byte* source) =>
        Avx512BW.ConvertToVector512Int16(Vector256.Load((sbyte*)source)).AsUInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> And(Vector512<ushort> left, Vector512<ushort> right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Add(Vector512<ushort> left, Vector512<ushort> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Subtract(Vector512<ushort> left, Vector512<ushort> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Addend(Vector512<ushort> biased, Vector512<ushort> limit) =>
        Avx512BW.SubtractSaturate(biased & Vector512.LessThanOrEqual(biased, limit), Vector512<ushort>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnySet(Vector512<ushort> vector) => vector != Vector512<ushort>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MayBeStrong(Vector512<ushort> biased, Vector512<ushort> sums, in StrengthBound bound)
    {
        ref ushort table = ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(bound.Table);
        Vector512<ushort> index = Vector512.Min(biased, Vector512.Create((ushort)(StrengthBound.TableSize - 1)));
        Vector512<ushort> passing = Avx512BW.PermuteVar32x16x2(
            Vector512.LoadUnsafe(ref table), index, Vector512.LoadUnsafe(ref table, (nuint)Count));
        ulong mask = Vector512.LessThan(sums, passing).ExtractMostSignificantBits();
        return mask == 0 ? 0 : Refine(mask, biased, sums, bound);
    }

    // The table knows nothing of large values: those that passed only because of that are looked at again, except the largest,
    // which stands for all values that do not fit.
    private static ulong Refine(ulong mask, Vector512<ushort> biased, Vector512<ushort> sums, in StrengthBound bound)
    {
        Vector512<ushort> last = Vector512.Create((ushort)(StrengthBound.TableSize - 1));
        Vector512<ushort> refinable = Vector512.GreaterThanOrEqual(biased, last) & ~Vector512.Equals(biased, Vector512<ushort>.AllBitsSet);
        ulong large = mask & refinable.ExtractMostSignificantBits();
        if (large == 0)
        {
            return mask;
        }

        Vector512<ushort> values = biased - Vector512<ushort>.One;
        ulong low = Exceeds(Vector512.WidenLower(values), Vector512.WidenLower(sums), bound);
        ulong high = Exceeds(Vector512.WidenUpper(values), Vector512.WidenUpper(sums), bound);
        return mask & (~large | low | (high << Vector512<float>.Count));
    }

    private static ulong Exceeds(Vector512<uint> values, Vector512<uint> sums, in StrengthBound bound)
    {
        Vector512<float> sum = Vector512.ConvertToSingle(sums.AsInt32());
        Vector512<float> excess = (Vector512.ConvertToSingle(values.AsInt32()) * bound.WindowPixels) - sum;
        Vector512<float> exceeds =
            Vector512.GreaterThan(excess, Vector512<float>.Zero) & Vector512.GreaterThan(excess * excess, sum * bound.SquareFactor);
        return exceeds.ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> Trusted(Vector512<ushort> pixels, ushort largest) =>
        (Vector512.Min(pixels, Vector512.Create((ushort)65534)) + Vector512<ushort>.One)
        & Vector512.LessThanOrEqual(pixels, Vector512.Create(largest));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Trusted(Vector512<uint> pixels, Vector512<uint> largest) =>
        (Vector512.Min(pixels, Vector512.Create(65534u)) + Vector512<uint>.One) & Vector512.LessThanOrEqual(pixels, largest);
}
