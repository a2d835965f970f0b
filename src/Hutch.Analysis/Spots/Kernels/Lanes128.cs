using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hutch.Analysis.Spots.Kernels;

/// <summary>8 lanes, for every processor: the runtime has scalar code where there are no vectors.</summary>
internal readonly unsafe struct Lanes128 : ILanes<Vector128<ushort>>
{
    public static int Count => Vector128<ushort>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Broadcast(ushort value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Load(ushort* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<ushort> vector, ushort* destination) => vector.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> LoadBiased<TPixel>(TPixel* source, TPixel largestTrusted)
        where TPixel : unmanaged
    {
        if (typeof(TPixel) == typeof(byte))
        {
            return Trusted(Widen((byte*)source), (byte)(object)largestTrusted);
        }

        if (typeof(TPixel) == typeof(ushort))
        {
            return Trusted(Vector128.Load((ushort*)source), (ushort)(object)largestTrusted);
        }

        Vector128<uint> largest = Vector128.Create((uint)(object)largestTrusted);
        Vector128<uint> low = Trusted(Vector128.Load((uint*)source), largest);
        Vector128<uint> high = Trusted(Vector128.Load((uint*)source + Vector128<uint>.Count), largest);
        return Vector128.Narrow(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> LoadMask(byte* source)
    {
        // 0x00FF becomes 0xFFFF, 0 stays.
        Vector128<ushort> low = Widen(source);
        return low | (low << 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> And(Vector128<ushort> left, Vector128<ushort> right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Add(Vector128<ushort> left, Vector128<ushort> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Subtract(Vector128<ushort> left, Vector128<ushort> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Addend(Vector128<ushort> biased, Vector128<ushort> limit) =>
        Vector128.SubtractSaturate(biased & Vector128.LessThanOrEqual(biased, limit), Vector128<ushort>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnySet(Vector128<ushort> vector) => vector != Vector128<ushort>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MayBeStrong(Vector128<ushort> biased, Vector128<ushort> sums, in StrengthBound bound)
    {
        // The largest value stands for all that do not fit, and passes.
        Vector128<ushort> values = Vector128.SubtractSaturate(biased, Vector128<ushort>.One);
        Vector128<uint> low = Exceeds(Vector128.WidenLower(values), Vector128.WidenLower(sums), bound);
        Vector128<uint> high = Exceeds(Vector128.WidenUpper(values), Vector128.WidenUpper(sums), bound);
        Vector128<ushort> passing = Vector128.Narrow(low, high) | Vector128.Equals(biased, Vector128<ushort>.AllBitsSet);
        return passing == Vector128<ushort>.Zero ? 0 : passing.ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Exceeds(Vector128<uint> values, Vector128<uint> sums, in StrengthBound bound)
    {
        Vector128<float> sum = Vector128.ConvertToSingle(sums.AsInt32());
        Vector128<float> excess = (Vector128.ConvertToSingle(values.AsInt32()) * bound.WindowPixels) - sum;
        Vector128<float> exceeds =
            Vector128.GreaterThan(excess, Vector128<float>.Zero) & Vector128.GreaterThan(excess * excess, sum * bound.SquareFactor);
        return exceeds.AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Widen(byte* source) =>
        Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(source)).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Trusted(Vector128<ushort> pixels, ushort largest) =>
        (Vector128.Min(pixels, Vector128.Create((ushort)65534)) + Vector128<ushort>.One)
        & Vector128.LessThanOrEqual(pixels, Vector128.Create(largest));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Trusted(Vector128<uint> pixels, Vector128<uint> largest) =>
        (Vector128.Min(pixels, Vector128.Create(65534u)) + Vector128<uint>.One) & Vector128.LessThanOrEqual(pixels, largest);
}
