using System.Runtime.Intrinsics.X86;

namespace Hutch.Analysis.Spots.Kernels;

/// <summary>16 lanes, for processors with 256-bit integer vectors.</summary>
internal readonly unsafe struct Lanes256 : ILanes<Vector256<ushort>>
{
    public static int Count => Vector256<ushort>.Count;

    public static bool HasShift => false;

    public static int TableSize => 16;

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
    public static uint IsSet(Vector256<ushort> vector) => (~Vector256.Equals(vector, Vector256<ushort>.Zero)).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Add(Vector256<ushort> left, Vector256<ushort> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Subtract(Vector256<ushort> left, Vector256<ushort> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> AddSaturated(Vector256<ushort> left, Vector256<ushort> right) => Vector256.AddSaturate(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Min(Vector256<ushort> left, Vector256<ushort> right) => Vector256.Min(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Square(Vector256<ushort> values) => values * values;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Values(Vector256<ushort> biased) => Vector256.SubtractSaturate(biased, Vector256<ushort>.One);

    public static Vector256<ushort> Shift(Vector256<ushort> low, Vector256<ushort> high, int lanes) =>
        throw new NotSupportedException("There are only loads for this width.");

    // The low bytes of the table in one register, the high bytes in the other. Entry 0 is 0, which is what the bytes of a lane
    // get that ask for nothing.
    public static void LoadTable(ushort[] table, out Vector256<ushort> first, out Vector256<ushort> second)
    {
        Vector128<ushort> lower = Vector128.Create(table, 0), upper = Vector128.Create(table, 8);
        Vector128<byte> low = Vector128.Narrow(lower, upper), high = Vector128.Narrow(lower >> 8, upper >> 8);
        first = Vector256.Create(low, low).AsUInt16();
        second = Vector256.Create(high, high).AsUInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Lookup(Vector256<ushort> indices, Vector256<ushort> first, Vector256<ushort> second)
    {
        Vector256<ushort> index = Vector256.Min(indices, Vector256.Create((ushort)(TableSize - 1)));
        return BytesAt(first, index) | BytesAt(second, index << 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Candidates(
        Vector256<ushort> sums, Vector256<ushort> squares, Vector256<ushort> passing,
        Vector256<ushort> inverseRoot, Vector256<ushort> dispersionFactor, Vector256<ushort> certain)
    {
        Vector256<ushort> scaled = sums * inverseRoot;
        Vector256<ushort> least = MultiplyHigh(scaled, scaled) + MultiplyHigh(sums << CandidateBound.SumShift, dispersionFactor);
        Vector256<ushort> dispersed = Vector256.GreaterThan(squares, Vector256.Min(least, certain));
        return (Vector256.LessThan(sums, passing) & dispersed).ExtractMostSignificantBits();
    }

    public static uint MayBeStrong(Vector256<ushort> biased, Vector256<ushort> sums, CandidateBound bound)
    {
        Vector256<ushort> values = Values(biased);
        Vector256<uint> low = Exceeds(Vector256.WidenLower(values), Vector256.WidenLower(sums), bound);
        Vector256<uint> high = Exceeds(Vector256.WidenUpper(values), Vector256.WidenUpper(sums), bound);

        // The largest value replaces all that do not fit in 16 bits, and passes.
        return (Vector256.Narrow(low, high) | Vector256.Equals(biased, Vector256<ushort>.AllBitsSet)).ExtractMostSignificantBits();
    }

    private static Vector256<uint> Exceeds(Vector256<uint> values, Vector256<uint> sums, CandidateBound bound)
    {
        Vector256<float> sum = Vector256.ConvertToSingle(sums.AsInt32());
        Vector256<float> excess = (Vector256.ConvertToSingle(values.AsInt32()) * bound.WindowPixels) - sum;
        Vector256<float> exceeds = Vector256.GreaterThan(excess, Vector256<float>.Zero)
            & Vector256.GreaterThan(excess * excess, sum * bound.StrengthFactor);
        return exceeds.AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> MultiplyHigh(Vector256<ushort> left, Vector256<ushort> right) => Avx2.IsSupported
        ? Avx2.MultiplyHigh(left, right)
        : Vector256.Narrow(
            (Vector256.WidenLower(left) * Vector256.WidenLower(right)) >> 16,
            (Vector256.WidenUpper(left) * Vector256.WidenUpper(right)) >> 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> BytesAt(Vector256<ushort> table, Vector256<ushort> index) => Avx2.IsSupported
        ? Avx2.Shuffle(table.AsByte(), index.AsByte()).AsUInt16()
        : Vector256.Create(
            Vector128.Shuffle(table.GetLower().AsByte(), index.GetLower().AsByte()),
            Vector128.Shuffle(table.GetUpper().AsByte(), index.GetUpper().AsByte())).AsUInt16();

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
