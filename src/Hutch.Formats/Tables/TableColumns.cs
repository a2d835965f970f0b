using System.Buffers;

namespace Hutch.Formats.Tables;

internal delegate void UseValue(TableColumn column, RowValue value);

/// <summary>The columns of a table, in the order in which the rows first have them.</summary>
internal sealed class TableColumns
{
    /// <summary>Columns of a table, at most.</summary>
    public const int Max = 256;

    private readonly List<TableColumn> _all = [];

    public IReadOnlyList<TableColumn> All => _all;

    /// <summary>Reads a row. A column that is not known yet is added.</summary>
    /// <exception cref="JsonException">The line is not JSON.</exception>
    /// <exception cref="InvalidDataException">It is no row.</exception>
    public void ReadRow(ReadOnlySpan<byte> line, UseValue use)
    {
        byte[] scratch = ArrayPool<byte>.Shared.Rent(line.Length);
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new InvalidDataException("It is no JSON object.");
            }

            for (int next = 0; reader.Read() && reader.TokenType == JsonTokenType.PropertyName;)
            {
                TableColumn column = Find(ref reader, next);
                next = column.Index + 1;
                reader.Read();
                use(column, RowValue.Read(ref reader, line, scratch));
            }

            reader.Read(); // refuses what follows the object
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    /// <summary>Most rows have the same columns in the same order.</summary>
    private TableColumn Find(ref Utf8JsonReader reader, int expected)
    {
        if (expected < _all.Count && reader.ValueTextEquals(_all[expected].Utf8Name))
        {
            return _all[expected];
        }

        foreach (TableColumn known in _all)
        {
            if (reader.ValueTextEquals(known.Utf8Name))
            {
                return known;
            }
        }

        if (_all.Count == Max)
        {
            throw new InvalidDataException($"There are more than {Max} columns.");
        }

        var column = new TableColumn(reader.GetString()!, _all.Count);
        _all.Add(column);
        return column;
    }
}
