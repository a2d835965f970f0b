using System.Data;
using System.Diagnostics.CodeAnalysis;

namespace Hutch.Catalog.Sqlite;

/// <summary>
/// A connection that caches the compiled statements of its commands. Dapper makes a command for each query, and to compile one takes longer
/// than to run it. Not thread-safe, like any connection.
/// </summary>
internal sealed class PreparedConnection(string connectionString) : SqliteConnection(connectionString)
{
    /// <summary>The bound of the cache, since the text of a query with a list of values depends on their number.</summary>
    private const int MaxKept = 128;

    private readonly Dictionary<string, SqliteCommand> _cached = new(StringComparer.Ordinal);

    public override SqliteCommand CreateCommand() => new ReusedCommand(this) { CommandTimeout = DefaultTimeout, Transaction = Transaction };

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Forget();
        }

        base.Dispose(disposing);
    }

    /// <summary>Takes an idle command out of the cache, or makes one; the caller returns it.</summary>
    private SqliteCommand Take(string text) => _cached.Remove(text, out SqliteCommand? cached) ? cached : new SqliteCommand(text, this);

    private void Return(SqliteCommand command)
    {
        command.Parameters.Clear();
        command.Transaction = null;
        if (_cached.Count >= MaxKept)
        {
            Forget();
        }

        if (State != ConnectionState.Open || !_cached.TryAdd(command.CommandText, command))
        {
            command.Dispose();
        }
    }

    private void Forget()
    {
        foreach (SqliteCommand command in _cached.Values)
        {
            command.Dispose();
        }

        _cached.Clear();
    }

    /// <summary>A command that runs a cached one of the same text with its own values.</summary>
    private sealed class ReusedCommand(PreparedConnection connection) : SqliteCommand(null, connection)
    {
        private SqliteCommand? _taken;

        [AllowNull]
        public override string CommandText { get; set; } = "";

        public override SqliteDataReader ExecuteReader(CommandBehavior behavior) => Taken().ExecuteReader(behavior);

        public override int ExecuteNonQuery() => Taken().ExecuteNonQuery();

        public override void Prepare() => Taken().Prepare();

        public override object? ExecuteScalar() => Taken().ExecuteScalar();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => ExecuteReader(behavior);

        protected override void Dispose(bool disposing)
        {
            if (disposing && _taken is { } taken)
            {
                _taken = null;
                connection.Return(taken);
            }

            base.Dispose(disposing);
        }

        private SqliteCommand Taken()
        {
            if (_taken is { } before && before.CommandText != CommandText)
            {
                connection.Return(before);
                _taken = null;
            }

            SqliteCommand taken = _taken ??= connection.Take(CommandText);
            taken.Transaction = Transaction;
            taken.CommandTimeout = CommandTimeout;
            taken.Parameters.Clear();
            foreach (SqliteParameter value in Parameters)
            {
                taken.Parameters.Add(value);
            }

            return taken;
        }
    }
}
