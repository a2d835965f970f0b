using System.Numerics;
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

    // So few of one vector are tested one by one at once.
    private const int FewCandidates = 3;

    private readonly int _halfX;
    private readonly int _halfY;
    private readonly RowWindow<TLanes, TVector> _window;
    private readonly AlignedLanes _scratch;
    private readonly WindowTest _test;
    private readonly CandidateBound _bound;
    private readonly ExactRow _exact;
    private readonly uint[] _candidates;
    private readonly ushort* _sums;
    private readonly Vector128<ushort> _windowLanes;
    private int _largeWindowsInRow;

    public DispersionKernel(int width, SpotFinderParameters parameters)
    {
        _halfX = parameters.KernelHalfWidthX;
        _halfY = parameters.KernelHalfWidthY;
        _test = new WindowTest(parameters);
        _bound = new CandidateBound(parameters, _test, TLanes.TableSize);
        _window = new RowWindow<TLanes, TVector>(width, (2 * _halfY) + 1, parameters.WindowPixels, _bound.LargestSquared);
        _exact = new ExactRow(_window.Lanes, _halfX);
        _candidates = new uint[_window.Lanes / TLanes.Count];
        _scratch = new AlignedLanes(_window.Lanes);
        _sums = _scratch.First;
        _windowLanes = Vector128.LessThan(Vector128<ushort>.Indices, Vector128.Create((ushort)((2 * _halfX) + 1)));
    }

    public override int Reach => _halfY;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Find<TPixel>(
        in PixelImage<TPixel> image, int firstRow, int endRow, double globalThreshold, StrongPixels strong)
    {
        if (firstRow == 0)
        {
            _window.Clear();
            for (int y = 0; y < Math.Min(_halfY, image.Height); y++)
            {
                _window.Advance(image, y);
            }
        }

        for (int y = firstRow; y < endRow; y++)
        {
            _window.Advance(image, y + _halfY);
            if (TLanes.HasShift && _halfX == 3)
            {
                FindCandidatesOfSeven(y);
            }
            else
            {
                FindCandidates(y);
            }

            _largeWindowsInRow = 0;
            for (int block = 0; block < _candidates.Length; block++)
            {
                if (_candidates[block] != 0)
                {
                    TestBlock(image, block * TLanes.Count, y, globalThreshold, strong);
                }
            }
        }
    }

    /// <summary>Puts down, for each vector of a row, which of its lanes may be strong, and the sums of their windows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FindCandidates(int y)
    {
        ushort* row = _window.Row(y);
        TLanes.LoadTable(_bound.Table, out TVector first, out TVector second);
        TVector inverseRoot = TLanes.Broadcast(_bound.InverseRoot), factor = TLanes.Broadcast(_bound.DispersionFactor);
        TVector certain = TLanes.Broadcast(_bound.CertainlyDispersed);
        for (int block = 0, x = 0; block < _candidates.Length; block++, x += TLanes.Count)
        {
            TVector sums = WindowSum(_window.Columns + x), squares = WindowSum(_window.ColumnSquares + x);
            TLanes.Store(sums, _sums + x);
            TVector passing = TLanes.Lookup(TLanes.Load(row + x), first, second);
            _candidates[block] = TLanes.Candidates(sums, squares, passing, inverseRoot, factor, certain);
        }
    }

    /// <summary>The same for windows of seven columns, with fewer loads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FindCandidatesOfSeven(int y)
    {
        ushort* row = _window.Row(y), columns = _window.Columns - 3, columnSquares = _window.ColumnSquares - 3, sumsOfRow = _sums;
        var sum = new SlidingSum<TLanes, TVector>(columns);
        var square = new SlidingSum<TLanes, TVector>(columnSquares);
        TLanes.LoadTable(_bound.Table, out TVector first, out TVector second);
        TVector inverseRoot = TLanes.Broadcast(_bound.InverseRoot), factor = TLanes.Broadcast(_bound.DispersionFactor);
        TVector certain = TLanes.Broadcast(_bound.CertainlyDispersed);
        uint[] candidates = _candidates;
        for (int block = 0, x = 0; block < candidates.Length; block++, x += TLanes.Count)
        {
            TVector sums = sum.Advance(columns + x), squares = square.Advance(columnSquares + x);
            TLanes.Store(sums, sumsOfRow + x);
            TVector passing = TLanes.Lookup(TLanes.Load(row + x), first, second);
            candidates[block] = TLanes.Candidates(sums, squares, passing, inverseRoot, factor, certain);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector WindowSum(ushort* columns)
    {
        TVector sum = TLanes.Load(columns - _halfX);
        for (int dx = 1 - _halfX; dx <= _halfX; dx++)
        {
            sum = TLanes.AddSaturated(sum, TLanes.Load(columns + dx));
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TestBlock<TPixel>(in PixelImage<TPixel> image, int x, int y, double globalThreshold, StrongPixels strong)
        where TPixel : unmanaged
    {
        uint candidates = _candidates[x / TLanes.Count];
        if (BitOperations.PopCount(candidates) > FewCandidates)
        {
            // The table lets all larger values pass: on a high background, every pixel.
            candidates &= TLanes.MayBeStrong(TLanes.Load(_window.Row(y) + x), TLanes.Load(_sums + x), _bound);
        }

        for (; candidates != 0; candidates &= candidates - 1)
        {
            int column = x + BitOperations.TrailingZeroCount(candidates);
            long index = ((long)y * image.Width) + column;
            uint value = image.Value(index);
            if (value > globalThreshold && IsStrong(image, column, y, value))
            {
                strong.Add((int)index, value);
            }
        }
    }

    private bool IsStrong<TPixel>(in PixelImage<TPixel> image, int x, int y, uint value)
        where TPixel : unmanaged
    {
        if (!TrySumSmall(x, out WindowSums sums) && !TrySumLarge(x, out sums))
        {
            sums = image.Window(x, y, _halfX, _halfY);
        }

        // Dispersion first: the candidates have passed a close bound of the other test.
        return _test.IsDispersed(sums.Count, sums.Sum, sums.Squares) && _test.IsAboveMean(sums.Count, sums.Sum, value);
    }

    private bool TrySumLarge(int x, out WindowSums sums)
    {
        int worthWhile = ExactRow.WorthWhileAfter(_window.Lanes);
        if (++_largeWindowsInRow == worthWhile)
        {
            _exact.Load(_window.Ring, _window.Stride, _window.Rows);
        }

        sums = default;
        return _largeWindowsInRow >= worthWhile && _exact.TrySum(x, out sums);
    }

    /// <summary>Sums the window around a column from the ring. False when that needs more bits or lanes than there are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
