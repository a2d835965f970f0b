using System.Runtime.Intrinsics.X86;

namespace Hutch.Analysis.Spots.Kernels;

/// <summary>8 lanes, for every processor: the runtime has scalar code where there are no vectors.</summary>
internal readonly unsafe struct Lanes128 : ILanes<Vector128<ushort>>
{
    public static int Count => Vector128<ushort>.Count;

    public static bool HasShift => false;

    public static int TableSize => 16;

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
    public static uint IsSet(Vector128<ushort> vector) => (~Vector128.Equals(vector, Vector128<ushort>.Zero)).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Add(Vector128<ushort> left, Vector128<ushort> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Subtract(Vector128<ushort> left, Vector128<ushort> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> AddSaturated(Vector128<ushort> left, Vector128<ushort> right) => Vector128.AddSaturate(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Min(Vector128<ushort> left, Vector128<ushort> right) => Vector128.Min(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Square(Vector128<ushort> values) => values * values;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Values(Vector128<ushort> biased) => Vector128.SubtractSaturate(biased, Vector128<ushort>.One);

    public static Vector128<ushort> Shift(Vector128<ushort> low, Vector128<ushort> high, int lanes) =>
        throw new NotSupportedException("There are only loads for this width.");

    // The low bytes of the table in one register, the high bytes in the other. Entry 0 is 0, which is what the bytes of a lane
    // get that ask for nothing.
    public static void LoadTable(ushort[] table, out Vector128<ushort> first, out Vector128<ushort> second)
    {
        Vector128<ushort> lower = Vector128.Create(table, 0), upper = Vector128.Create(table, 8);
        Vector128<byte> low = Vector128.Narrow(lower, upper), high = Vector128.Narrow(lower >> 8, upper >> 8);
        first = low.AsUInt16();
        second = high.AsUInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Lookup(Vector128<ushort> indices, Vector128<ushort> first, Vector128<ushort> second)
    {
        Vector128<ushort> index = Vector128.Min(indices, Vector128.Create((ushort)(TableSize - 1)));
        return BytesAt(first, index) | BytesAt(second, index << 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Candidates(
        Vector128<ushort> sums, Vector128<ushort> squares, Vector128<ushort> passing,
        Vector128<ushort> inverseRoot, Vector128<ushort> dispersionFactor, Vector128<ushort> certain)
    {
        Vector128<ushort> scaled = sums * inverseRoot;
        Vector128<ushort> least = MultiplyHigh(scaled, scaled) + MultiplyHigh(sums << CandidateBound.SumShift, dispersionFactor);
        Vector128<ushort> dispersed = Vector128.GreaterThan(squares, Vector128.Min(least, certain));
        return (Vector128.LessThan(sums, passing) & dispersed).ExtractMostSignificantBits();
    }

    public static uint MayBeStrong(Vector128<ushort> biased, Vector128<ushort> sums, CandidateBound bound)
    {
        Vector128<ushort> values = Values(biased);
        Vector128<uint> low = Exceeds(Vector128.WidenLower(values), Vector128.WidenLower(sums), bound);
        Vector128<uint> high = Exceeds(Vector128.WidenUpper(values), Vector128.WidenUpper(sums), bound);

        // The largest value replaces all that do not fit in 16 bits, and passes.
        return (Vector128.Narrow(low, high) | Vector128.Equals(biased, Vector128<ushort>.AllBitsSet)).ExtractMostSignificantBits();
    }

    private static Vector128<uint> Exceeds(Vector128<uint> values, Vector128<uint> sums, CandidateBound bound)
    {
        Vector128<float> sum = Vector128.ConvertToSingle(sums.AsInt32());
        Vector128<float> excess = (Vector128.ConvertToSingle(values.AsInt32()) * bound.WindowPixels) - sum;
        Vector128<float> exceeds = Vector128.GreaterThan(excess, Vector128<float>.Zero)
            & Vector128.GreaterThan(excess * excess, sum * bound.StrengthFactor);
        return exceeds.AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> MultiplyHigh(Vector128<ushort> left, Vector128<ushort> right) => Sse2.IsSupported
        ? Sse2.MultiplyHigh(left, right)
        : Vector128.Narrow(
            (Vector128.WidenLower(left) * Vector128.WidenLower(right)) >> 16,
            (Vector128.WidenUpper(left) * Vector128.WidenUpper(right)) >> 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> BytesAt(Vector128<ushort> table, Vector128<ushort> index) =>
        Vector128.ShuffleNative(table.AsByte(), index.AsByte()).AsUInt16();

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
