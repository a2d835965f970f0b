using Hutch.Model.Analyses;
using Hutch.Model.Site;

namespace Hutch.Formats.Tables;

/// <summary>Looks at all rows of a table once, to know what an HDF5 file of them will be. It keeps columns and places, no rows.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class TableScan
{
    /// <summary>Bytes of a row, at most.</summary>
    public const int MaxLineBytes = 1 << 20;

    /// <summary>Every so many rows it is noted where they begin.</summary>
    internal const int BlockRows = 64;

    private const int MaxRows = 100_000_000;

    private readonly TableColumns _columns = new();
    private readonly List<long> _blocks = [];
    private readonly UseValue _note;
    private int _rows;

    public TableScan() => _note = (column, value) => column.AddSample(_rows, value);

    /// <param name="line">A JSON object, with a member for each column.</param>
    /// <param name="offset">Where the line begins in what keeps the rows.</param>
    public HutchError? Add(ReadOnlySpan<byte> line, long offset)
    {
        if (_rows == MaxRows)
        {
            return ErrorCode.TooLarge.With($"There are more than {MaxRows} rows; an HDF5 file of a table does not hold more.");
        }

        if (_rows % BlockRows == 0)
        {
            _blocks.Add(offset);
        }

        try
        {
            _columns.ReadRow(line, _note);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or InvalidOperationException)
        {
            string why = e switch
            {
                JsonException json => $"it is not JSON from byte {json.BytePositionInLine + 1} on.",
                InvalidOperationException => "it has text that is not Unicode.",
                _ => e.Message,
            };
            return ErrorCode.UnreadableFile.With($"Row {_rows + 1} does not belong in a table: {why}");
        }

        _rows++;
        return null;
    }

    /// <summary>Plans the file of the rows that were added.</summary>
    /// <param name="end">Where the last row ends in what keeps the rows.</param>
    /// <param name="step">The step that made them, which knows the units; null when it is not known.</param>
    /// <param name="run">The run that made them; null when it is not known.</param>
    public Result<TableFile> Plan(long end, StepDeclaration? step, SiteRun? run)
    {
        if (_columns.All.Count == 0)
        {
            return ErrorCode.UnreadableFile.With(_rows == 0 ? "There are no rows." : "The rows have no columns.");
        }

        foreach (TableColumn column in _columns.All)
        {
            column.Fix(_rows);
        }

        long rowBytes = _columns.All.Sum(static column => (long)column.ElementBytes);
        if (rowBytes > TableFile.MaxRowBytes)
        {
            return ErrorCode.TooLarge.With(
                $"A row would take {rowBytes} bytes, as each text takes as much as the longest of its column; the limit is "
                + $"{TableFile.MaxRowBytes}.");
        }

        try
        {
            return new TableFile(_columns, [.. _blocks, end], _rows, new TableAttributes(step, run));
        }
        catch (InvalidDataException e)
        {
            return ErrorCode.UnreadableFile.With($"The rows cannot be an HDF5 file: {e.Message}");
        }
    }
}
