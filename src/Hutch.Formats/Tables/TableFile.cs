using Hutch.Formats.Hdf5Structure;

namespace Hutch.Formats.Tables;

/// <summary>
/// A table as an HDF5 file with one data set a column: generated metadata, then groups of rows, in each the chunks of the columns. This
/// is the plan of the file: it gives the metadata, and makes the groups out of their rows. See docs/formats/result-tables.md.
/// </summary>
/// <remarks>Thread-safe. The same rows have the same bytes in every plan.</remarks>
public sealed class TableFile : IHdf5Plan
{
    public const string ContentType = "application/x-hdf5";

    /// <summary>Bytes of a row, at most.</summary>
    internal const int MaxRowBytes = 128 << 10;

    private const int MaxGroupRows = 4096;

    /// <summary>The memory of a group while it is read, unless its rows are wider than they should be.</summary>
    private const long GroupBytes = 4 << 20;

    private readonly TableColumns _columns;
    private readonly long[] _blocks;
    private readonly int _groupRows;
    private readonly Hdf5Metadata _metadata;

    /// <summary>The offset of each group; after the last one the length of the file.</summary>
    private readonly long[] _starts;

    internal TableFile(TableColumns columns, long[] blocks, int rows, TableAttributes attributes)
    {
        (_columns, _blocks, Rows) = (columns, blocks, rows);
        _groupRows = Math.Min(rows, GroupRowsOf(columns));
        _starts = new long[((rows + _groupRows - 1) / _groupRows) + 1];
        var head = new Hdf5Head();
        attributes.Write(head, columns.All);
        ChunkIndex[] indexes = [.. columns.All.Select(column => Add(head, column, attributes))];
        _metadata = Hdf5Metadata.Place(head, indexes, end =>
        {
            _starts[0] = end;
            for (int group = 0; group < Groups; group++)
            {
                _starts[group + 1] = _starts[group] + Present(group).Sum(ChunkBytes);
            }

            return Size;
        });
    }

    public int Rows { get; }

    public long Size => _starts[^1];

    public long MetadataBytes => _metadata.Bytes;

    public long MemoryBytes =>
        _metadata.HeadBytes + ((_blocks.Length + _starts.Length) * (long)sizeof(long)) + (_columns.All.Count * (long)_blocks.Length);

    private int Groups => _starts.Length - 1;

    public void ReadMetadata(long offset, Span<byte> destination) => _metadata.Read(offset, destination);

    /// <summary>Returns the group of rows with a byte of the file, which is after the metadata.</summary>
    public TableGroup GroupAt(long offset)
    {
        int found = Array.BinarySearch(_starts, offset);
        int group = found < 0 ? ~found - 1 : found;
        while (_starts[group + 1] == offset)
        {
            group++; // empty ones are before it
        }

        (int first, int end) = BlocksOf(group);
        return new TableGroup(_columns, [.. Present(group)], _groupRows)
        {
            FileOffset = _starts[group],
            Bytes = (int)(_starts[group + 1] - _starts[group]),
            RowsOffset = _blocks[first],
            RowsEnd = _blocks[end],
        };
    }

    /// <summary>As many as fit into the memory of a group, in whole blocks.</summary>
    private static int GroupRowsOf(TableColumns columns)
    {
        long rowBytes = columns.All.Sum(static column => (long)column.ElementBytes);
        int rows = MaxGroupRows;
        while (rows > TableScan.BlockRows && rows * rowBytes > GroupBytes)
        {
            rows /= 2;
        }

        return rows;
    }

    private (int First, int End) BlocksOf(int group) => (
        (int)((long)group * _groupRows / TableScan.BlockRows),
        Math.Min(_blocks.Length - 1, (int)(((long)(group + 1) * _groupRows + TableScan.BlockRows - 1) / TableScan.BlockRows)));

    private int ChunkBytes(TableColumn column) => _groupRows * column.ElementBytes;

    /// <summary>The columns that a row of the group has. The others have no chunk there, so that a rare, long text costs little.</summary>
    private IEnumerable<TableColumn> Present(int group) => _columns.All.Where(column => HasAny(column, group));

    private bool HasAny(TableColumn column, int group)
    {
        (int first, int end) = BlocksOf(group);
        return column.HasAny(first, end);
    }

    private ChunkIndex Add(Hdf5Head head, TableColumn column, TableAttributes attributes)
    {
        Hdf5Stored stored = column.Store(Rows, _groupRows);
        head.Stored("/" + column.Name, stored, attributes.For(column.Name));
        int[] groups = [.. Enumerable.Range(0, Groups).Where(group => HasAny(column, group))];
        return new ChunkIndex(stored, groups.Length, chunk => ChunkOf(groups[chunk], column));
    }

    private StoredChunk ChunkOf(int group, TableColumn column)
    {
        long before = Present(group).TakeWhile(other => other != column).Sum(ChunkBytes);
        return new StoredChunk((long)group * _groupRows, _starts[group] + before, (uint)ChunkBytes(column), FilterMask: 0);
    }
}
