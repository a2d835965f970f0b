using Hutch.Formats.Frames;
using Hutch.Formats.Hdf5Structure;

namespace Hutch.Formats.Tables;

/// <summary>A column of a table: first a summary of its values, then, once all are known, their form in the file.</summary>
internal sealed class TableColumn(string name, int index)
{
    /// <summary>Up to here a float64 has each whole number.</summary>
    private const long MaxExact = 1L << 53;

    private readonly List<bool> _blocks = [];
    private long _count;
    private long _lastRow = -1;
    private bool _hasReal;
    private bool _hasText;
    private bool _isExact = true;
    private int _width = 1;
    private RowValueKind _kind;

    public string Name => name;

    public int Index => index;

    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(name);

    public int ElementBytes => _kind == RowValueKind.Text ? _width : sizeof(long);

    public void AddSample(long row, RowValue value)
    {
        if (row == _lastRow)
        {
            throw new InvalidDataException($"'{name}' is there twice.");
        }

        _lastRow = row;
        if (value.Kind == RowValueKind.None)
        {
            return;
        }

        _count++;
        _hasReal |= value.Kind == RowValueKind.Real;
        _hasText |= value.Kind == RowValueKind.Text;
        _isExact &= value.Whole is >= -MaxExact and <= MaxExact;
        _width = Math.Max(_width, value.Text.Length);
        int block = (int)(row / TableScan.BlockRows);
        while (_blocks.Count <= block)
        {
            _blocks.Add(false);
        }

        _blocks[block] = true;
    }

    /// <summary>Chooses the type, now that all rows are known: the narrowest that loses nothing.</summary>
    public void Fix(long rows)
    {
        bool isWhole = !_hasReal && _count == rows;
        bool isText = _hasText || !(isWhole || _isExact);
        _kind = isText ? RowValueKind.Text : isWhole ? RowValueKind.Whole : RowValueKind.Real;
    }

    public bool HasAny(int firstBlock, int endBlock) =>
        firstBlock < _blocks.Count && CollectionsMarshal.AsSpan(_blocks)[firstBlock..Math.Min(endBlock, _blocks.Count)].Contains(true);

    /// <summary>
    /// Returns the column as a data set in chunks of <paramref name="chunkRows"/>. Missing values are NaN or the empty text.
    /// </summary>
    public Hdf5Stored Store(long rows, int chunkRows) =>
        new(_kind == RowValueKind.Whole ? ElementType.Int64 : ElementType.Float64, [(ulong)rows])
        {
            Codec = FrameCodec.Raw,
            ChunkItems = (uint)chunkRows,
            TextBytes = _kind == RowValueKind.Text ? _width : null,
            Fill = _kind == RowValueKind.Real ? BitConverter.DoubleToInt64Bits(double.NaN) : 0,
        };

    /// <summary>Writes what a chunk has where its rows have nothing.</summary>
    public void Clear(Span<byte> chunk)
    {
        if (_kind == RowValueKind.Real)
        {
            MemoryMarshal.Cast<byte, double>(chunk).Fill(double.NaN);
        }
        else
        {
            chunk.Clear();
        }
    }

    /// <summary>Writes a value, which is not none.</summary>
    public void Write(RowValue value, Span<byte> to)
    {
        if (_kind == RowValueKind.Text)
        {
            value.Text.CopyTo(to);
        }
        else if (_kind == RowValueKind.Whole)
        {
            BinaryPrimitives.WriteInt64LittleEndian(to, value.Whole);
        }
        else
        {
            BinaryPrimitives.WriteDoubleLittleEndian(to, value.Kind == RowValueKind.Whole ? value.Whole : value.Real);
        }
    }
}
