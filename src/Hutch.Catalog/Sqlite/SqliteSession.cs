namespace Hutch.Catalog.Sqlite;

/// <summary>One open connection with its prepared statements and its transaction. Not thread-safe: each renter uses it alone.</summary>
public sealed class SqliteSession : IDisposable
{
    /// <summary>
    /// The most prepared statements of a connection; SQL texts are constants of the program, so normal use never reaches it.
    /// </summary>
    private const int MaxPreparedStatements = 512;

    /// <summary>The number of steps of SQLite's virtual machine between checks for cancellation: far below a millisecond.</summary>
    private const int StepsBetweenLooks = 1000;

    private readonly Dictionary<string, SqliteStatement> _prepared = new(StringComparer.Ordinal);

    internal SqliteSession(SqliteConnection connection) => Connection = connection;

    /// <summary>The connection, for Dapper. Begin and end transactions by this session's methods only.</summary>
    public SqliteConnection Connection { get; }

    /// <summary>Keeps the log short after each commit; null for a read-only session.</summary>
    internal LogBound? Log { get; init; }

    public bool InTransaction { get; private set; }

    /// <summary>Returns the prepared statement for an SQL text, cached for the life of the connection: for frequent statements.</summary>
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

    /// <summary>Returns the converted rows of a prepared statement, in order.</summary>
    /// <param name="values">Null, text, or numbers; for <c>$1</c>, <c>$2</c>, …</param>
    public List<T> Select<T>(string sql, RowReader<T> read, params ReadOnlySpan<object?> values)
    {
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

    /// <summary>Returns the one number of a query without parameters. It needs no mapper, for queries at every start.</summary>
    public long Scalar(string sql) => (long)One(sql);

    /// <summary>Returns the one text of a query without parameters.</summary>
    public string Text(string sql) => (string)One(sql);

    /// <summary>
    /// Makes running statements fail with SQLITE_INTERRUPT when <paramref name="stop"/> is cancelled, from now on. A token that cannot be
    /// cancelled ends this.
    /// </summary>
    public void StopWhen(CancellationToken stop) => SQLitePCL.raw.sqlite3_progress_handler(
        Connection.Handle, StepsBetweenLooks, stop.CanBeCanceled ? _ => stop.IsCancellationRequested ? 1 : 0 : null, null);

    /// <summary>Opens a writing transaction; waits for another writer as long as the busy timeout.</summary>
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
        Log?.Store(this);
    }

    public void Rollback()
    {
        Prepared("ROLLBACK").Run();
        InTransaction = false;
    }

    /// <summary>
    /// Rolls back the transaction if SQLite still has one: after some failures (full disk, I/O) it has rolled back already.
    /// </summary>
    public void RollbackIfOpen()
    {
        InTransaction = false;
        if (SQLitePCL.raw.sqlite3_get_autocommit(Connection.Handle) == 0)
        {
            Prepared("ROLLBACK").Run();
        }
    }

    /// <summary>Sets a savepoint inside the transaction, to which <see cref="RollbackToSavepoint"/> returns. Savepoints nest.</summary>
    public void Savepoint() => Prepared("SAVEPOINT point").Run();

    /// <summary>Releases the innermost savepoint and keeps the changes since.</summary>
    public void ReleaseSavepoint() => Prepared("RELEASE SAVEPOINT point").Run();

    /// <summary>Rolls back the changes since the innermost savepoint, and releases it.</summary>
    public void RollbackToSavepoint()
    {
        Prepared("ROLLBACK TO SAVEPOINT point").Run();
        ReleaseSavepoint();
    }

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
