using SQLitePCL;

namespace Hutch.Catalog.Sqlite;

public readonly ref struct SqliteRows
{
    private readonly SqliteStatement _owner;
    private readonly sqlite3_stmt _statement;
    private readonly nint _address;

    internal SqliteRows(SqliteStatement owner, sqlite3_stmt statement)
    {
        _owner = owner;
        _statement = statement;
        _address = statement.DangerousGetHandle();
    }

    /// <summary>Advances to the next row, at first to the first; false after the last.</summary>
    public bool Next()
    {
        int code = SqliteColumns.Step(_address);
        _owner.Check(code);
        return code == raw.SQLITE_ROW;
    }

    /// <summary>Returns a number of this row; columns count from 0.</summary>
    public long Number(int column) => SqliteColumns.Int64(_address, column);

    public string Text(int column) => Encoding.UTF8.GetString(Utf8(column));

    public long? NumberOrNull(int column) => IsNull(column) ? null : Number(column);

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    /// <summary>Returns a text of this row without a copy, valid until the next row; empty for null.</summary>
    public ReadOnlySpan<byte> Utf8(int column) => Bytes(column);

    /// <summary>Returns bytes of this row without a copy, valid until the next row; empty for null.</summary>
    public unsafe ReadOnlySpan<byte> Bytes(int column) => new(SqliteColumns.Blob(_address, column), SqliteColumns.Bytes(_address, column));

    /// <summary>Ends the run, so that the statement can be run again.</summary>
    public void Dispose()
    {
        // An error of the run was reported when it happened; reset repeats it.
        _ = raw.sqlite3_reset(_statement);
        _ = raw.sqlite3_clear_bindings(_statement);
    }

    private bool IsNull(int column) => SqliteColumns.Type(_address, column) == raw.SQLITE_NULL;
}
