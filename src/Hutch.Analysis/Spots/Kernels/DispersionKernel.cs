using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hutch.Analysis.Spots.Kernels;

/// <summary>
/// The <c>dispersion</c> algorithm. Both tests must hold, so their order is free: the strength test, which needs no squares,
/// goes first, in a vectorised form that lets a few too many pass; only those get the exact tests.
/// </summary>
internal sealed unsafe class DispersionKernel<TLanes, TVector> : StrongPixelKernel
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    // Windows of smaller values can be summed in 16 bits and their squares in 32.
    private const ushort SmallBelow = 4096;

    private readonly int _halfX;
    private readonly int _halfY;
    private readonly RowWindow<TLanes, TVector> _window;
    private readonly WindowTest _test;
    private readonly StrengthBound _bound;
    private readonly int[] _candidates;
    private readonly Vector128<ushort> _windowLanes;

    public DispersionKernel(int width, SpotFinderParameters parameters)
    {
        _halfX = parameters.KernelHalfWidthX;
        _halfY = parameters.KernelHalfWidthY;
        _window = new RowWindow<TLanes, TVector>(width, (2 * _halfY) + 1, parameters.WindowPixels);
        _test = new WindowTest(parameters);
        _bound = new StrengthBound(parameters, _test);
        _candidates = new int[_window.Lanes];
        _windowLanes = Vector128.LessThan(Vector128<ushort>.Indices, Vector128.Create((ushort)((2 * _halfX) + 1)));
    }

    /// <inheritdoc/>
    public override void Find<TPixel>(in PixelImage<TPixel> image, double globalThreshold, StrongPixels strong)
    {
        strong.Clear();
        _window.Clear();
        for (int y = 0; y < Math.Min(_halfY, image.Height); y++)
        {
            _window.Advance(image, y);
        }

        for (int y = 0; y < image.Height; y++)
        {
            _window.Advance(image, y + _halfY);
            int candidates = _halfX == 3 ? FindCandidatesOfSeven(y) : FindCandidates(y);
            for (int i = 0; i < candidates; i++)
            {
                int x = _candidates[i];
                long index = ((long)y * image.Width) + x;
                if (image.Value(index) is var value && value > globalThreshold && IsStrong(image, x, y, value))
                {
                    strong.Add((int)index, value);
                }
            }
        }
    }

    private int FindCandidatesOfSeven(int y)
    {
        ushort* columns = _window.Columns - 3;
        ushort* row = _window.Row(y);
        int lanes = _window.Lanes;
        int count = 0;
        for (int x = 0; x < lanes; x += TLanes.Count)
        {
            ushort* first = columns + x;
            TVector left = TLanes.Add(TLanes.Load(first), TLanes.Load(first + 1));
            TVector middle = TLanes.Add(TLanes.Load(first + 2), TLanes.Load(first + 3));
            TVector right = TLanes.Add(TLanes.Load(first + 4), TLanes.Load(first + 5));
            TVector sums = TLanes.Add(TLanes.Add(left, middle), TLanes.Add(right, TLanes.Load(first + 6)));
            ulong bits = TLanes.MayBeStrong(TLanes.Load(row + x), sums, _bound);
            if (bits != 0)
            {
                count = AddCandidates(bits, x, count);
            }
        }

        return count;
    }

    private int FindCandidates(int y)
    {
        ushort* row = _window.Row(y);
        int count = 0;
        for (int x = 0; x < _window.Lanes; x += TLanes.Count)
        {
            TVector sums = TLanes.Load(_window.Columns + x - _halfX);
            for (int dx = 1 - _halfX; dx <= _halfX; dx++)
            {
                sums = TLanes.Add(sums, TLanes.Load(_window.Columns + x + dx));
            }

            count = AddCandidates(TLanes.MayBeStrong(TLanes.Load(row + x), sums, _bound), x, count);
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int AddCandidates(ulong bits, int x, int count)
    {
        for (; bits != 0; bits &= bits - 1)
        {
            _candidates[count++] = x + BitOperations.TrailingZeroCount(bits);
        }

        return count;
    }

    private bool IsStrong<TPixel>(in PixelImage<TPixel> image, int x, int y, uint value)
        where TPixel : unmanaged
    {
        if (!TrySumSmall(x, out WindowSums sums))
        {
            sums = image.Window(x, y, _halfX, _halfY);
        }

        return sums.Count >= 1 && _test.IsAboveMean(sums.Count, sums.Sum, value) && _test.IsDispersed(sums.Count, sums.Sum, sums.Squares);
    }

    /// <summary>Sums the window around a column from the ring. False when that needs more bits or lanes than there are.</summary>
    private bool TrySumSmall(int x, out WindowSums sums)
    {
        sums = default;
        if (!Sse2.IsSupported || _halfX > 3 || _halfY > 3)
        {
            return false;
        }

        ushort* row = _window.Ring + x - _halfX;
        int rows = _window.Rows;
        Vector128<ushort> largest = default, total = default, empty = default;
        Vector128<int> squares = default;
        for (int i = 0; i < rows; i++, row += _window.Stride)
        {
            Vector128<ushort> values = Vector128.Load(row) & _windowLanes;
            largest = Vector128.Max(largest, values);
            total += values;
            empty -= Vector128.Equals(values, default);
            squares += Sse2.MultiplyAddAdjacent(values.AsInt16(), values.AsInt16());
        }

        if (Vector128.GreaterThanOrEqualAny(largest, Vector128.Create(SmallBelow)))
        {
            return false;
        }

        // The values are one too large each: sum(v) = sum(v + 1) - n, sum(v²) = sum((v + 1)²) - 2·sum(v + 1) + n.
        sums.Count = (rows * Vector128<ushort>.Count) - Sum(empty);
        int biased = Sum(total);
        sums.Sum = biased - sums.Count;
        sums.Squares = Vector128.Sum(squares.AsUInt32()) - (2L * biased) + sums.Count;
        return true;
    }

    private static int Sum(Vector128<ushort> lanes) =>
        Vector128.Sum(Sse2.MultiplyAddAdjacent(lanes.AsInt16(), Vector128<short>.One));
}
