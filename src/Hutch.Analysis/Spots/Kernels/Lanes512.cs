using System.Runtime.Intrinsics.X86;

namespace Hutch.Analysis.Spots.Kernels;

/// <summary>32 lanes, for processors with AVX-512BW.</summary>
internal readonly unsafe struct Lanes512 : ILanes<Vector512<ushort>>
{
    public static bool IsSupported => Avx512BW.IsSupported && Vector512.IsHardwareAccelerated;

    public static int Count => Vector512<ushort>.Count;

    public static bool HasShift => true;

    public static int TableSize => 64;

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
    public static uint IsSet(Vector512<ushort> vector) =>
        (uint)(~Vector512.Equals(vector, Vector512<ushort>.Zero)).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Add(Vector512<ushort> left, Vector512<ushort> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Subtract(Vector512<ushort> left, Vector512<ushort> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> AddSaturated(Vector512<ushort> left, Vector512<ushort> right) => Avx512BW.AddSaturate(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Min(Vector512<ushort> left, Vector512<ushort> right) => Vector512.Min(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Square(Vector512<ushort> values) => values * values;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Values(Vector512<ushort> biased) => Avx512BW.SubtractSaturate(biased, Vector512<ushort>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Shift(Vector512<ushort> low, Vector512<ushort> high, int lanes) => lanes switch
    {
        2 => Avx512F.AlignRight32(high.AsUInt32(), low.AsUInt32(), 1).AsUInt16(),
        4 => Avx512F.AlignRight32(high.AsUInt32(), low.AsUInt32(), 2).AsUInt16(),
        _ => throw new ArgumentOutOfRangeException(nameof(lanes)),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadTable(ushort[] table, out Vector512<ushort> first, out Vector512<ushort> second)
    {
        first = Vector512.Create(table, 0);
        second = Vector512.Create(table, Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Lookup(Vector512<ushort> indices, Vector512<ushort> first, Vector512<ushort> second) =>
        Avx512BW.PermuteVar32x16x2(first, Vector512.Min(indices, Vector512.Create((ushort)(TableSize - 1))), second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Candidates(
        Vector512<ushort> sums, Vector512<ushort> squares, Vector512<ushort> passing,
        Vector512<ushort> inverseRoot, Vector512<ushort> dispersionFactor, Vector512<ushort> certain)
    {
        Vector512<ushort> scaled = sums * inverseRoot;
        Vector512<ushort> least = MultiplyHigh(scaled, scaled) + MultiplyHigh(sums << CandidateBound.SumShift, dispersionFactor);
        Vector512<ushort> dispersed = Vector512.GreaterThan(squares, Vector512.Min(least, certain));
        return (uint)(Vector512.LessThan(sums, passing) & dispersed).ExtractMostSignificantBits();
    }

    public static uint MayBeStrong(Vector512<ushort> biased, Vector512<ushort> sums, CandidateBound bound)
    {
        Vector512<ushort> values = Values(biased);
        Vector512<uint> low = Exceeds(Vector512.WidenLower(values), Vector512.WidenLower(sums), bound);
        Vector512<uint> high = Exceeds(Vector512.WidenUpper(values), Vector512.WidenUpper(sums), bound);

        // The largest value replaces all that do not fit in 16 bits, and passes.
        return (uint)(Vector512.Narrow(low, high) | Vector512.Equals(biased, Vector512<ushort>.AllBitsSet)).ExtractMostSignificantBits();
    }

    private static Vector512<uint> Exceeds(Vector512<uint> values, Vector512<uint> sums, CandidateBound bound)
    {
        Vector512<float> sum = Vector512.ConvertToSingle(sums.AsInt32());
        Vector512<float> excess = (Vector512.ConvertToSingle(values.AsInt32()) * bound.WindowPixels) - sum;
        Vector512<float> exceeds = Vector512.GreaterThan(excess, Vector512<float>.Zero)
            & Vector512.GreaterThan(excess * excess, sum * bound.StrengthFactor);
        return exceeds.AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> MultiplyHigh(Vector512<ushort> left, Vector512<ushort> right) => Avx512BW.MultiplyHigh(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> Trusted(Vector512<ushort> pixels, ushort largest) =>
        Vector512.ConditionalSelect(
            Vector512.LessThanOrEqual(pixels, Vector512.Create(largest)),
            Vector512.Min(pixels, Vector512.Create((ushort)65534)) + Vector512<ushort>.One,
            Vector512<ushort>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Trusted(Vector512<uint> pixels, Vector512<uint> largest) =>
        Vector512.ConditionalSelect(
            Vector512.LessThanOrEqual(pixels, largest),
            Vector512.Min(pixels, Vector512.Create(65534u)) + Vector512<uint>.One,
            Vector512<uint>.Zero);
}
