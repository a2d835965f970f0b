using Microsoft.Data.Sqlite;

namespace Hutch.Catalog.Sqlite;

/// <summary>
/// One open connection with its prepared statements and its transaction. Not thread-safe: whoever rents it uses it alone.
/// </summary>
public sealed class SqliteSession : IDisposable
{
    /// <summary>Prepared statements kept per connection; SQL texts are constants of the program, so this is never reached by use.</summary>
    private const int MaxPreparedStatements = 512;

    private readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);

    internal SqliteSession(SqliteConnection connection) => Connection = connection;

    /// <summary>The connection, for Dapper. Begin and end transactions by this session's methods only.</summary>
    public SqliteConnection Connection { get; }

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction { get; private set; }

    /// <summary>
    /// A prepared command for this SQL, kept for the life of the connection: for statements so frequent that parsing would show.
    /// The caller sets the parameters at each use and does not dispose it.
    /// </summary>
    /// <param name="sql">A constant of the program, with <c>@name</c> parameters.</param>
    /// <param name="parameters">Their names in the order in which the caller sets <c>Parameters[i].Value</c>.</param>
    public SqliteCommand Prepared(string sql, params ReadOnlySpan<string> parameters)
    {
        if (_prepared.TryGetValue(sql, out SqliteCommand? known))
        {
            return known;
        }

        if (_prepared.Count >= MaxPreparedStatements)
        {
            throw new InvalidOperationException($"More than {MaxPreparedStatements} prepared statements: is SQL text built from values?");
        }

        SqliteCommand command = Connection.CreateCommand();
        command.CommandText = sql;
        foreach (string name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        _prepared.Add(sql, command);
        return command;
    }

    /// <summary>Runs statements without parameters; several, separated by semicolons, are allowed.</summary>
    public void Execute(string sql)
    {
        using SqliteCommand command = Connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>The one number that a query without parameters gives. Needs no mapper: for what runs at every start.</summary>
    public long Scalar(string sql)
    {
        using SqliteCommand command = Connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Opens a transaction that may write; waits for another writer as long as the busy timeout.</summary>
    public void Begin()
    {
        Prepared("BEGIN IMMEDIATE").ExecuteNonQuery();
        InTransaction = true;
    }

    /// <summary>Opens a transaction for several reads of one state.</summary>
    public void BeginRead()
    {
        Prepared("BEGIN DEFERRED").ExecuteNonQuery();
        InTransaction = true;
    }

    /// <summary>Commits. With <see cref="SqliteSynchronous.Full"/> it returns after the sync.</summary>
    public void Commit()
    {
        Prepared("COMMIT").ExecuteNonQuery();
        InTransaction = false;
    }

    /// <summary>Undoes the open transaction.</summary>
    public void Rollback()
    {
        Prepared("ROLLBACK").ExecuteNonQuery();
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
            Prepared("ROLLBACK").ExecuteNonQuery();
        }
    }

    /// <summary>Marks a point inside the transaction to which <see cref="RollbackToSavepoint"/> returns. Savepoints nest.</summary>
    public void Savepoint() => Prepared("SAVEPOINT point").ExecuteNonQuery();

    /// <summary>Forgets the innermost savepoint and keeps what was done since.</summary>
    public void ReleaseSavepoint() => Prepared("RELEASE SAVEPOINT point").ExecuteNonQuery();

    /// <summary>Undoes what was done since the innermost savepoint, and forgets it.</summary>
    public void RollbackToSavepoint()
    {
        Prepared("ROLLBACK TO SAVEPOINT point").ExecuteNonQuery();
        ReleaseSavepoint();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SqliteCommand command in _prepared.Values)
        {
            command.Dispose();
        }

        _prepared.Clear();
        Connection.Dispose();
    }
}
