using System.Buffers;
using SQLitePCL;

namespace Hutch.Catalog.Sqlite;

/// <summary>
/// A statement that is compiled once and run often. It calls SQLite's own functions: at each run, a <see cref="SqliteCommand"/> makes a
/// reader, a list of statements and a binder for each value, which takes longer than writing a row.
/// </summary>
/// <remarks>As thread-safe as its session: one caller and one run at a time. Values are <c>$1</c>, <c>$2</c>, … in the SQL.</remarks>
public sealed class SqliteStatement : IDisposable
{
    private const int StackBytes = 512;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly int[] _places;

    internal SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle ?? throw new InvalidOperationException("The connection is closed.");
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));

        // SQLite counts names in the order of the text, which is not the order of the values.
        int count = raw.sqlite3_bind_parameter_count(_statement);
        _places = [.. Enumerable.Range(1, count).Select(i => Place(string.Create(CultureInfo.InvariantCulture, $"${i}"), sql))];
    }

    /// <param name="values">Null, text, or numbers; for <c>$1</c>, <c>$2</c>, …</param>
    /// <exception cref="SqliteException">SQLite refused.</exception>
    public int Run(params ReadOnlySpan<object?> values)
    {
        using SqliteRows rows = Query(values);
        while (rows.Next())
        {
        }

        return raw.sqlite3_changes(_database);
    }

    /// <summary>Runs it row by row. The statement can be run again when the rows are disposed.</summary>
    /// <inheritdoc cref="Run"/>
    public SqliteRows Query(params ReadOnlySpan<object?> values)
    {
        if (values.Length != _places.Length)
        {
            throw new ArgumentException($"The statement has {_places.Length} values, not {values.Length}.", nameof(values));
        }

        for (int i = 0; i < values.Length; i++)
        {
            Check(Bind(_places[i], values[i]));
        }

        return new SqliteRows(this, _statement);
    }

    public void Dispose() => _statement.Dispose();

    internal void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            SqliteException.ThrowExceptionForRC(code, _database);
        }
    }

    private int Place(string name, string sql) => raw.sqlite3_bind_parameter_index(_statement, name) is > 0 and var index
        ? index
        : throw new InvalidOperationException($"The values of a statement are $1, $2, …, each at least once; {name} is missing: {sql}");

    private int Bind(int index, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(_statement, index),
        long number => raw.sqlite3_bind_int64(_statement, index, number),
        int number => raw.sqlite3_bind_int64(_statement, index, number),
        double number => raw.sqlite3_bind_double(_statement, index, number),
        // An empty span has no address, which SQLite takes for null.
        "" => raw.sqlite3_bind_text(_statement, index, ""),
        string text => BindText(index, text),
        _ => throw new ArgumentException($"A value of type {value.GetType().Name} has no place in the records.", nameof(value)),
    };

    private int BindText(int index, string text)
    {
        byte[]? rented = null;
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> bytes = most <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            return raw.sqlite3_bind_text(_statement, index, bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }
}
