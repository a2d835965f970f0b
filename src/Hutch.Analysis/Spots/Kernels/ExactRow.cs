using System.Numerics;

namespace Hutch.Analysis.Spots.Kernels;

/// <summary>
/// Exact window sums for a row in which many pixels need them (a flooded detector, a high background): the columns are summed once
/// for the whole row, a window then adds a few columns. Slower than the bounds, but bounded.
/// </summary>
internal sealed unsafe class ExactRow
{
    /// <summary>After so many windows in a row of this many lanes it pays to sum the columns.</summary>
    public static int WorthWhileAfter(int lanes) => lanes / 16;

    private const int Padding = 16;

    // Replaces all values that do not fit; a window that holds it must be read from the image.
    private const uint Marker = ushort.MaxValue;

    private readonly int _halfX;
    private readonly int _lanes;
    private readonly uint[] _counts;
    private readonly uint[] _sums;
    private readonly ulong[] _squares;
    private readonly uint[] _largest;

    public ExactRow(int lanes, int halfX)
    {
        _lanes = lanes;
        _halfX = halfX;
        int length = lanes + (2 * Padding);
        (_counts, _sums, _squares, _largest) = (new uint[length], new uint[length], new ulong[length], new uint[length]);
    }

    /// <summary>Sums the columns of a ring of rows of biased values (0 is invalid, v + 1 is v, at most 65535).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Load(ushort* ring, int stride, int rows)
    {
        for (int x = 0; x < _lanes; x += Vector<ushort>.Count)
        {
            LoadColumns(ring + x, stride, rows, x + Padding);
        }
    }

    /// <summary>The sums of the window around a column; false when the ring does not know them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TrySum(int x, out WindowSums sums)
    {
        sums = default;
        uint largest = 0;
        for (int column = x + Padding - _halfX; column <= x + Padding + _halfX; column++)
        {
            sums.Count += _counts[column];
            sums.Sum += _sums[column];
            sums.Squares += (long)_squares[column];
            largest = Math.Max(largest, _largest[column]);
        }

        return largest < Marker;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void LoadColumns(ushort* ring, int stride, int rows, int column)
    {
        Columns low = default, high = default;
        for (int row = 0; row < rows; row++, ring += stride)
        {
            Vector.Widen(Vector.Load(ring), out Vector<uint> lowLanes, out Vector<uint> highLanes);
            low.Add(lowLanes);
            high.Add(highLanes);
        }

        Store(low, column);
        Store(high, column + Vector<uint>.Count);
    }

    private void Store(in Columns columns, int column)
    {
        columns.Counts.CopyTo(_counts, column);
        columns.Sums.CopyTo(_sums, column);
        columns.Largest.CopyTo(_largest, column);
        Vector.Widen(columns.SquaresLow, out Vector<ulong> lowFirst, out Vector<ulong> lowSecond);
        Vector.Widen(columns.SquaresHigh, out Vector<ulong> highFirst, out Vector<ulong> highSecond);
        (lowFirst + (highFirst << 16)).CopyTo(_squares, column);
        (lowSecond + (highSecond << 16)).CopyTo(_squares, column + Vector<ulong>.Count);
    }

    /// <summary>
    /// A vector of columns. A square of 16 bits fits 32; the halves of squares are summed apart, so that a few rows fit too.
    /// </summary>
    private struct Columns
    {
        public Vector<uint> Counts, Sums, SquaresLow, SquaresHigh, Largest;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(Vector<uint> biased)
        {
            Vector<uint> isValid = ~Vector.Equals(biased, Vector<uint>.Zero);
            Vector<uint> value = biased + isValid;
            Vector<uint> square = value * value;
            Counts -= isValid;
            Sums += value;
            SquaresLow += square & new Vector<uint>(ushort.MaxValue);
            SquaresHigh += square >> 16;
            Largest = Vector.Max(Largest, biased);
        }
    }
}
