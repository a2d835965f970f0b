using Microsoft.Data.Sqlite;

namespace Hutch.Catalog.Sqlite;

/// <summary>
/// One open connection with its prepared statements and its transaction. Not thread-safe: whoever rents it uses it alone.
/// </summary>
public sealed class SqliteSession : IDisposable
{
    /// <summary>Prepared statements kept per connection; SQL texts are constants of the program, so this is never reached by use.</summary>
    private const int MaxPreparedStatements = 512;

    /// <summary>Steps of SQLite's machine after which it looks whether it is to stop: far below a millisecond.</summary>
    private const int StepsBetweenLooks = 1000;

    private readonly Dictionary<string, SqliteStatement> _prepared = new(StringComparer.Ordinal);

    internal SqliteSession(SqliteConnection connection) => Connection = connection;

    /// <summary>The connection, for Dapper. Begin and end transactions by this session's methods only.</summary>
    public SqliteConnection Connection { get; }

    /// <summary>Keeps the log short after each commit; null where nothing is written.</summary>
    internal LogBound? Log { get; init; }

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction { get; private set; }

    /// <summary>A statement for this SQL, kept for the life of the connection: for what is so frequent that compiling would show.</summary>
    /// <param name="sql">A constant of the program; its values are <c>$1</c>, <c>$2</c>, …</param>
    public SqliteStatement Prepared(string sql)
    {
        if (_prepared.TryGetValue(sql, out SqliteStatement? known))
        {
            return known;
        }

        if (_prepared.Count >= MaxPreparedStatements)
        {
            throw new InvalidOperationException($"More than {MaxPreparedStatements} prepared statements: is SQL text built from values?");
        }

        var statement = new SqliteStatement(Connection, sql);
        _prepared.Add(sql, statement);
        return statement;
    }

    /// <summary>What the rows of a prepared statement say, in order.</summary>
    /// <param name="sql">As for <see cref="Prepared"/>.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="values">Null, text, or numbers; for <c>$1</c>, <c>$2</c>, …</param>
    public List<T> Select<T>(string sql, RowReader<T> read, params ReadOnlySpan<object?> values)
    {
        ArgumentNullException.ThrowIfNull(read);
        var all = new List<T>();
        using SqliteRows rows = Prepared(sql).Query(values);
        while (rows.Next())
        {
            all.Add(read(rows));
        }

        return all;
    }

    /// <summary>Runs statements without parameters; several, separated by semicolons, are allowed.</summary>
    public void Execute(string sql)
    {
        using SqliteCommand command = Connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>The one number that a query without parameters gives. Needs no mapper: for what runs at every start.</summary>
    public long Scalar(string sql) => (long)One(sql);

    /// <summary>The one text that a query without parameters gives.</summary>
    public string Text(string sql) => (string)One(sql);

    /// <summary>
    /// From now on a statement that runs when <paramref name="stop"/> is cancelled fails with SQLITE_INTERRUPT; a token that cannot be
    /// cancelled ends that.
    /// </summary>
    public void StopWhen(CancellationToken stop) => SQLitePCL.raw.sqlite3_progress_handler(
        Connection.Handle, StepsBetweenLooks, stop.CanBeCanceled ? _ => stop.IsCancellationRequested ? 1 : 0 : null, null);

    /// <summary>Opens a transaction that may write; waits for another writer as long as the busy timeout.</summary>
    public void Begin()
    {
        Prepared("BEGIN IMMEDIATE").Run();
        InTransaction = true;
    }

    /// <summary>Opens a transaction for several reads of one state.</summary>
    public void BeginRead()
    {
        Prepared("BEGIN DEFERRED").Run();
        InTransaction = true;
    }

    /// <summary>Commits. With <see cref="SqliteSynchronous.Full"/> it returns after the sync.</summary>
    public void Commit()
    {
        Prepared("COMMIT").Run();
        InTransaction = false;
        Log?.Keep(this);
    }

    /// <summary>Undoes the open transaction.</summary>
    public void Rollback()
    {
        Prepared("ROLLBACK").Run();
        InTransaction = false;
    }

    /// <summary>
    /// Undoes the transaction if SQLite still has one: after some failures (full disk, I/O) it has rolled back already.
    /// </summary>
    public void RollbackIfOpen()
    {
        InTransaction = false;
        if (SQLitePCL.raw.sqlite3_get_autocommit(Connection.Handle) == 0)
        {
            Prepared("ROLLBACK").Run();
        }
    }

    /// <summary>Marks a point inside the transaction to which <see cref="RollbackToSavepoint"/> returns. Savepoints nest.</summary>
    public void Savepoint() => Prepared("SAVEPOINT point").Run();

    /// <summary>Forgets the innermost savepoint and keeps what was done since.</summary>
    public void ReleaseSavepoint() => Prepared("RELEASE SAVEPOINT point").Run();

    /// <summary>Undoes what was done since the innermost savepoint, and forgets it.</summary>
    public void RollbackToSavepoint()
    {
        Prepared("ROLLBACK TO SAVEPOINT point").Run();
        ReleaseSavepoint();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SqliteStatement statement in _prepared.Values)
        {
            statement.Dispose();
        }

        _prepared.Clear();
        Connection.Dispose();
    }

    private object One(string sql)
    {
        using SqliteCommand command = Connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()!;
    }
}
