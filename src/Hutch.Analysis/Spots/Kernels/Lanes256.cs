using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hutch.Analysis.Spots.Kernels;

/// <summary>16 lanes, for processors with 256-bit integer vectors.</summary>
internal readonly unsafe struct Lanes256 : ILanes<Vector256<ushort>>
{
    public static int Count => Vector256<ushort>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Broadcast(ushort value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Load(ushort* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<ushort> vector, ushort* destination) => vector.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> LoadBiased<TPixel>(TPixel* source, TPixel largestTrusted)
        where TPixel : unmanaged
    {
        if (typeof(TPixel) == typeof(byte))
        {
            return Trusted(Widen((byte*)source), (byte)(object)largestTrusted);
        }

        if (typeof(TPixel) == typeof(ushort))
        {
            return Trusted(Vector256.Load((ushort*)source), (ushort)(object)largestTrusted);
        }

        Vector256<uint> largest = Vector256.Create((uint)(object)largestTrusted);
        Vector256<uint> low = Trusted(Vector256.Load((uint*)source), largest);
        Vector256<uint> high = Trusted(Vector256.Load((uint*)source + Vector256<uint>.Count), largest);
        return Vector256.Narrow(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> LoadMask(byte* source)
    {
        // 0x00FF becomes 0xFFFF, 0 stays.
        Vector256<ushort> low = Widen(source);
        return low | (low << 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> And(Vector256<ushort> left, Vector256<ushort> right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Add(Vector256<ushort> left, Vector256<ushort> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Subtract(Vector256<ushort> left, Vector256<ushort> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Addend(Vector256<ushort> biased, Vector256<ushort> limit) =>
        Vector256.SubtractSaturate(biased & Vector256.LessThanOrEqual(biased, limit), Vector256<ushort>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnySet(Vector256<ushort> vector) => vector != Vector256<ushort>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MayBeStrong(Vector256<ushort> biased, Vector256<ushort> sums, in StrengthBound bound)
    {
        // The largest value stands for all that do not fit, and passes.
        Vector256<ushort> values = Vector256.SubtractSaturate(biased, Vector256<ushort>.One);
        Vector256<uint> low = Exceeds(Vector256.WidenLower(values), Vector256.WidenLower(sums), bound);
        Vector256<uint> high = Exceeds(Vector256.WidenUpper(values), Vector256.WidenUpper(sums), bound);
        Vector256<ushort> passing = Vector256.Narrow(low, high) | Vector256.Equals(biased, Vector256<ushort>.AllBitsSet);
        return passing == Vector256<ushort>.Zero ? 0 : passing.ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Exceeds(Vector256<uint> values, Vector256<uint> sums, in StrengthBound bound)
    {
        Vector256<float> sum = Vector256.ConvertToSingle(sums.AsInt32());
        Vector256<float> excess = (Vector256.ConvertToSingle(values.AsInt32()) * bound.WindowPixels) - sum;
        Vector256<float> exceeds =
            Vector256.GreaterThan(excess, Vector256<float>.Zero) & Vector256.GreaterThan(excess * excess, sum * bound.SquareFactor);
        return exceeds.AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Widen(byte* source) =>
        Vector256.Create(Vector128.WidenLower(Vector128.Load(source)), Vector128.WidenUpper(Vector128.Load(source)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Trusted(Vector256<ushort> pixels, ushort largest) =>
        (Vector256.Min(pixels, Vector256.Create((ushort)65534)) + Vector256<ushort>.One)
        & Vector256.LessThanOrEqual(pixels, Vector256.Create(largest));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Trusted(Vector256<uint> pixels, Vector256<uint> largest) =>
        (Vector256.Min(pixels, Vector256.Create(65534u)) + Vector256<uint>.One) & Vector256.LessThanOrEqual(pixels, largest);
}
