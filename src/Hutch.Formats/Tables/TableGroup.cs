namespace Hutch.Formats.Tables;

/// <summary>Rows that are together in the file, column by column.</summary>
public sealed class TableGroup
{
    private readonly TableColumns _columns;
    private readonly TableColumn[] _present;
    private readonly int[] _starts;
    private readonly int _rows;

    internal TableGroup(TableColumns columns, TableColumn[] present, int rows)
    {
        (_columns, _present, _rows) = (columns, present, rows);
        _starts = new int[columns.All.Count];
        int at = 0;
        foreach (TableColumn column in present)
        {
            _starts[column.Index] = at;
            at += rows * column.ElementBytes;
        }
    }

    public long FileOffset { get; internal init; }

    public int Bytes { get; internal init; }

    public long RowsOffset { get; internal init; }

    public long RowsEnd { get; internal init; }

    /// <summary>Begins the group in memory, without rows.</summary>
    public void Begin(Span<byte> group)
    {
        foreach (TableColumn column in _present)
        {
            column.Clear(group.Slice(_starts[column.Index], _rows * column.ElementBytes));
        }
    }

    /// <param name="row">Its number in the group, from 0.</param>
    public void Write(int row, ReadOnlySpan<byte> line, Memory<byte> group) => _columns.ReadRow(line, (column, value) =>
    {
        // Where no row has a value, there is no chunk either.
        if (value.Kind != RowValueKind.None)
        {
            column.Write(value, group.Span.Slice(_starts[column.Index] + (row * column.ElementBytes), column.ElementBytes));
        }
    });
}
