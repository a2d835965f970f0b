using System.Text;
using SQLitePCL;

namespace Hutch.Catalog.Sqlite;

/// <summary>The rows of one run of a statement.</summary>
public readonly ref struct SqliteRows
{
    private readonly SqliteStatement _owner;
    private readonly sqlite3_stmt _statement;

    internal SqliteRows(SqliteStatement owner, sqlite3_stmt statement)
    {
        _owner = owner;
        _statement = statement;
    }

    /// <summary>Goes to the next row, at first to the first; false when there is none.</summary>
    public bool Next()
    {
        int code = raw.sqlite3_step(_statement);
        _owner.Check(code);
        return code == raw.SQLITE_ROW;
    }

    /// <summary>A number in this row; columns are counted from 0.</summary>
    public long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>A text in this row.</summary>
    public string Text(int column) => Encoding.UTF8.GetString(Utf8(column));

    /// <summary>A text in this row where it lies, until the next row; empty for null.</summary>
    public ReadOnlySpan<byte> Utf8(int column) => raw.sqlite3_column_blob(_statement, column);

    /// <summary>Ends the run.</summary>
    public void Dispose()
    {
        // What went wrong in the run was told where it went wrong; reset repeats it.
        _ = raw.sqlite3_reset(_statement);
        _ = raw.sqlite3_clear_bindings(_statement);
    }
}
