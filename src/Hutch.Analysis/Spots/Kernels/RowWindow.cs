namespace Hutch.Analysis.Spots.Kernels;

/// <summary>
/// The rows that a window spans, as it slides down an image: biased values (0 is invalid, v + 1 is v, at most 65535) in a ring of
/// rows, and the sums of the columns of the ring.
/// </summary>
/// <remarks>
/// A window reads the whole ring, whatever row is in which slot, since sums have no order. Lanes beyond the image hold 0, which is
/// also what an invalid pixel is: borders and gaps need no code of their own.
/// </remarks>
internal sealed unsafe class RowWindow<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>Lanes of zeros before the first column: a vector, so that column 0 is aligned.</summary>
    private const int Padding = 32;

    private readonly int _body;
    private readonly int _width;
    private readonly TVector _largestSummed;
    private readonly TVector _largestSquared;
    private readonly TVector _two = TLanes.Broadcast(2);
    private readonly AlignedLanes _memory;
    private readonly PixelLoader<TLanes, TVector> _loader = new();

    public RowWindow(int width, int rows, int windowPixels, ushort largestSquared)
    {
        _width = width;
        _body = width / TLanes.Count * TLanes.Count;
        Rows = rows;
        Lanes = (width + Padding - 1) / Padding * Padding;

        // An odd number of cache lines: rows of one ring do not fight for the same cache set.
        Stride = (((Lanes / Padding) + 2) | 1) * Padding;

        // A window of such values still fits 16 bits.
        _largestSummed = TLanes.Broadcast((ushort)(ushort.MaxValue / windowPixels));
        _largestSquared = TLanes.Broadcast(largestSquared);
        _memory = new AlignedLanes((Stride * (rows + 2)) + (2 * Padding));
        Ring = _memory.First + Padding;
        Columns = Ring + (Stride * rows);
        ColumnSquares = Columns + Stride;
    }

    public int Rows { get; }

    /// <summary>Lanes in a row: the width rounded up to whole vectors.</summary>
    public int Lanes { get; }

    /// <summary>Lanes from one row of the ring to the next.</summary>
    public int Stride { get; }

    /// <summary>Column 0 of the ring's first row.</summary>
    public ushort* Ring { get; }

    /// <summary>
    /// For each column, a lower bound of the sum of the counted values in the ring: those too bright for 16-bit sums count less, or not.
    /// </summary>
    public ushort* Columns { get; }

    /// <summary>
    /// For each column, the sum of the squares in the ring, where no value above <see cref="CandidateBound.LargestSquared"/> counts as
    /// more.
    /// </summary>
    public ushort* ColumnSquares { get; }

    /// <summary>The ring's row that holds a row of the image.</summary>
    public ushort* Row(int y) => Ring + (Stride * (y % Rows));

    public void Clear() => _memory.Clear();

    /// <summary>Lets a row of the image take the place of the oldest one; rows beyond the image are empty.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Advance<TPixel>(in PixelImage<TPixel> image, int y)
        where TPixel : unmanaged
    {
        if (y >= image.Height)
        {
            AdvanceEmpty<TPixel>(Row(y));
            return;
        }

        TPixel* pixels = image.Pixels + ((long)y * _width);
        byte* mask = image.Mask + ((long)y * _width);
        ushort* row = Row(y);
        ushort* columns = Columns;
        ushort* squares = ColumnSquares;
        TPixel largest = image.LargestTrusted;
        int body = _body;
        for (int x = 0; x < body; x += TLanes.Count)
        {
            Replace<TPixel>(row + x, columns + x, squares + x, PixelLoader<TLanes, TVector>.Load(pixels + x, mask + x, largest));
        }

        if (body < _width)
        {
            TVector part = _loader.LoadPart(pixels + body, mask + body, largest, _width - body);
            Replace<TPixel>(row + body, columns + body, squares + body, part);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Replace<TPixel>(ushort* row, ushort* columns, ushort* squares, TVector added)
    {
        TVector comes = TLanes.Values(added), goes = TLanes.Values(TLanes.Load(row));
        TLanes.Store(added, row);
        TVector squareSums = TLanes.Add(TLanes.Load(squares), TLanes.Square(TLanes.Min(comes, _largestSquared)));
        TLanes.Store(TLanes.Subtract(squareSums, TLanes.Square(TLanes.Min(goes, _largestSquared))), squares);
        if (typeof(TPixel) == typeof(uint))
        {
            (comes, goes) = (Counted(comes), Counted(goes));
        }

        TVector sums = TLanes.Add(TLanes.Load(columns), TLanes.Min(comes, _largestSummed));
        TLanes.Store(TLanes.Subtract(sums, TLanes.Min(goes, _largestSummed)), columns);
    }

    /// <summary>
    /// Returns the values, with 0 for the largest. It replaces all that do not fit 16 bits, and values from
    /// <see cref="WindowTest.CountedBelow"/> on are in no sum.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Counted(TVector values) => TLanes.Values(TLanes.Values(TLanes.Add(values, _two)));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AdvanceEmpty<TPixel>(ushort* row)
    {
        for (int x = 0; x < Lanes; x += TLanes.Count)
        {
            Replace<TPixel>(row + x, Columns + x, ColumnSquares + x, default);
        }
    }
}
