using System.Numerics;

namespace Hutch.Analysis.Spots.Kernels;

/// <summary>
/// The first step of <c>dispersion_extended</c>: for each pixel of a row, whether it is valid, and whether its window varies more
/// than a background would. Decided from exact 32-bit sums; where those do not fit or single precision is too close to call,
/// the exact test decides.
/// </summary>
/// <remarks>
/// Counted pixels go into a sum as one word, 2^20 + v: a window's sum then has the count above bit 20 and the sum of values below
/// it. Values are cut at 4096, whose square alone makes the sum of squares 2^24: from there on a window is summed again.
/// </remarks>
internal sealed unsafe class DispersionMap<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private const int CountShift = 20;
    private const uint SumMask = (1u << CountShift) - 1;
    private const uint Cut = 4096;
    private const uint CertainBelow = Cut * Cut;

    // Further apart than this, relative to the right side, single precision cannot be wrong.
    private const float TooClose = 1e-6f;

    private readonly int _halfX;
    private readonly int _halfY;
    private readonly int _rows;
    private readonly int _lanes;
    private readonly int _stride;
    private readonly uint _fullWindow;
    private readonly float _fullFactor;
    private readonly WindowTest _test;
    private readonly PixelLoader<TLanes, TVector> _loader = new();
    private readonly AlignedLanes _ringMemory;
    private readonly AlignedLanes _columnMemory;
    private readonly ushort* _ring;
    private readonly uint* _counts;
    private readonly uint* _squares;
    private readonly ExactRow _exact;
    private int _windowsInRow;

    public DispersionMap(int width, SpotFinderParameters parameters, in WindowTest test)
    {
        const int Padding = 64;
        _halfX = parameters.KernelHalfWidthX;
        _halfY = parameters.KernelHalfWidthY;
        _rows = (2 * _halfY) + 1;
        _lanes = (width + Padding - 1) / Padding * Padding;
        _stride = _lanes + Padding;
        _fullWindow = (uint)parameters.WindowPixels;
        _test = test;

        // A full window with too few pixels for the minimum is never dispersed: nothing exceeds infinity.
        _fullFactor = parameters.EffectiveMinLocal <= parameters.WindowPixels
            ? (float)(parameters.Gain * test.DispersionFactor(parameters.WindowPixels))
            : float.PositiveInfinity;
        _ringMemory = new AlignedLanes(_stride * _rows);
        _ring = _ringMemory.First;

        // 32-bit lanes: two 16-bit ones each. Padding on both sides, which stays 0.
        _columnMemory = new AlignedLanes(2 * ((2 * _stride) + Padding));
        _counts = (uint*)_columnMemory.First + Padding;
        _squares = _counts + _stride;
        _exact = new ExactRow(_lanes, _halfX);
    }

    public void Begin<TPixel>(in PixelImage<TPixel> image)
        where TPixel : unmanaged
    {
        _ringMemory.Clear();
        _columnMemory.Clear();
        for (int y = 0; y < _halfY; y++)
        {
            Advance(image, y);
        }
    }

    /// <summary>Fills the bits of row y; rows must come in order. An invalid pixel counts as not background.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Row<TPixel>(in PixelImage<TPixel> image, int y, Span<ulong> valid, Span<ulong> notBackground)
        where TPixel : unmanaged
    {
        Advance(image, y + _halfY);
        _windowsInRow = 0;
        ushort* row = _ring + (_stride * (y % _rows));
        for (int word = 0; word < valid.Length; word++)
        {
            ulong validBits = 0, dispersedBits = 0;
            int x0 = word * 64;
            for (int x = 0; x < 64; x += Vector<uint>.Count)
            {
                ulong lanes = Dispersed(image, x0 + x, y, row);
                dispersedBits |= lanes << x;
            }

            for (int x = 0; x < 64; x += TLanes.Count)
            {
                validBits |= (ulong)TLanes.IsSet(TLanes.Load(row + x0 + x)) << x;
            }

            valid[word] = validBits;
            notBackground[word] = dispersedBits | ~validBits;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Dispersed<TPixel>(in PixelImage<TPixel> image, int x, int y, ushort* row)
        where TPixel : unmanaged
    {
        Vector<uint> packed = Vector<uint>.Zero, squares = Vector<uint>.Zero;
        for (int dx = -_halfX; dx <= _halfX; dx++)
        {
            packed += Vector.Load(_counts + x + dx);
            squares += Vector.Load(_squares + x + dx);
        }

        Vector<uint> counts = packed >> CountShift, sums = packed & new Vector<uint>(SumMask);
        Vector<uint> full = new(_fullWindow);
        if (Vector.EqualsAll(counts, full) && Vector.LessThanAll(squares, new Vector<uint>(CertainBelow)))
        {
            // Exact: n·Q < 2^32, and S² is not more than that.
            Vector<float> left = ToSingle((full * squares) - (sums * sums));
            Vector<float> right = ToSingle(sums) * _fullFactor;
            if (!Vector.LessThanAny(Vector.Abs(left - right), right * TooClose))
            {
                return Bits(Vector.AsVectorUInt32(Vector.GreaterThan(left, right)));
            }
        }

        return DispersedExactly(image, x, y, row, counts, sums, squares);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private uint DispersedExactly<TPixel>(
        in PixelImage<TPixel> image, int x, int y, ushort* row, Vector<uint> counts, Vector<uint> sums, Vector<uint> squares)
        where TPixel : unmanaged
    {
        uint bits = 0;
        for (int lane = 0; lane < Vector<uint>.Count; lane++)
        {
            if (row[x + lane] == 0)
            {
                continue;
            }

            var window = new WindowSums { Count = counts[lane], Sum = sums[lane], Squares = squares[lane] };
            if (window.Squares >= CertainBelow)
            {
                window = ExactWindow(image, x + lane, y);
            }

            bits |= _test.IsDispersed(window.Count, window.Sum, window.Squares) ? 1u << lane : 0;
        }

        return bits;
    }

    private WindowSums ExactWindow<TPixel>(in PixelImage<TPixel> image, int x, int y)
        where TPixel : unmanaged
    {
        int worthWhile = ExactRow.WorthWhileAfter(_lanes);
        if (++_windowsInRow == worthWhile)
        {
            _exact.Load(_ring, _stride, _rows);
        }

        return _windowsInRow >= worthWhile && _exact.TrySum(x, out WindowSums sums) ? sums : image.Window(x, y, _halfX, _halfY);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Advance<TPixel>(in PixelImage<TPixel> image, int y)
        where TPixel : unmanaged
    {
        ushort* row = _ring + (_stride * (y % _rows));
        AddToColumns(row, subtract: true);
        if (y < image.Height)
        {
            _loader.LoadRow(image, y, row);
            AddToColumns(row, subtract: false);
        }
        else
        {
            new Span<ushort>(row, _lanes).Clear();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddToColumns(ushort* row, bool subtract)
    {
        for (int x = 0; x < _lanes; x += Vector<ushort>.Count)
        {
            Vector.Widen(Vector.Load(row + x), out Vector<uint> low, out Vector<uint> high);
            AddToColumns(low, x, subtract);
            AddToColumns(high, x + Vector<uint>.Count, subtract);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddToColumns(Vector<uint> biased, int x, bool subtract)
    {
        Vector<uint> isValid = ~Vector.Equals(biased, Vector<uint>.Zero);
        Vector<uint> value = Vector.Min(biased - Vector<uint>.One, new Vector<uint>(Cut)) & isValid;
        Vector<uint> packed = value + (new Vector<uint>(1u << CountShift) & isValid);
        Vector<uint> square = value * value;
        Vector<uint> counts = Vector.Load(_counts + x), squares = Vector.Load(_squares + x);
        (subtract ? counts - packed : counts + packed).Store(_counts + x);
        (subtract ? squares - square : squares + square).Store(_squares + x);
    }

    // Exact to rounding for all 32 bits: the conversion of unsigned words is slow on some processors, so in two halves.
    private static Vector<float> ToSingle(Vector<uint> values)
    {
        Vector<float> high = Vector.ConvertToSingle(Vector.AsVectorInt32(values >> 16));
        Vector<float> low = Vector.ConvertToSingle(Vector.AsVectorInt32(values & new Vector<uint>(0xFFFF)));
        return (high * 65536f) + low;
    }

    private static uint Bits(Vector<uint> lanes)
    {
        uint bits = 0;
        for (int lane = 0; lane < Vector<uint>.Count; lane++)
        {
            bits |= (lanes[lane] & 1) << lane;
        }

        return bits;
    }
}
